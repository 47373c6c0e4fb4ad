import { z } from "zod";
import { bytes, checked, cpu, domain, domainFault, duration, memory, port, timeout } from "./fields";
import { ranges } from "./host-fields";

/** A host name, or `*.` before one: every name one label below it. */
const hostPattern = () => checked(z.string(), "domain", (value) => domainFault(value, { wildcard: true }));

const headerName = () =>
  checked(z.string(), "format", (value) =>
    /^[A-Za-z0-9-]+$/.test(value)
      ? undefined
      : `${JSON.stringify(value)} is not the name of a header; write one such as "X-Forwarded-For"`,
  );

/** Text in PEM form is checked where it is used: it may be encrypted here. */
const pem = () => z.string();

const directory = () =>
  checked(z.string(), "format", (value) =>
    URL.canParse(value) && new URL(value).protocol === "https:" && /^[!-z|~]+$/.test(value)
      ? undefined
      : `${JSON.stringify(value)} is not the URL of an ACME directory; write one such as "https://acme.example.com/directory"`,
  );

/** `true`, or what visitors are told. */
const maintenance = () =>
  checked(z.unknown(), "maintenance", (value) => {
    if (typeof value === "boolean" || value === undefined) return undefined;
    if (typeof value !== "string")
      return `${JSON.stringify(value)} is no text and no switch; write true, false or a sentence in quotes`;
    if (value.trim() === "") return "is an empty text; write true, false or a sentence";
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value))
      return "has a line break or a control character in it; write one line";
    return value.length > 500 ? `has ${value.length} characters; write 500 at most` : undefined;
  }).transform((value) => (typeof value === "string" ? value : value === true));

/** The keys of `proxy`. */
export const proxyFields = z
  .strictObject({
    httpPort: port().optional().describe("Port on the host for HTTP, which redirects to HTTPS. Default 80."),
    httpsPort: port().optional().describe("Port on the host for HTTPS, TCP and UDP. Default 443."),
    certificates: z
      .enum(["internal", "acme", "files", "cloudflare"])
      .optional()
      .describe(
        "Who signs certificates: `internal` (Caddy's own CA), `acme` (Let's Encrypt, or `acme.directory`), `files` (`certificate` and `certificateKey` are given), or `cloudflare`: an origin certificate, made with the stack, for names that go through Cloudflare. Default `acme`.",
      ),
    email: z.email().optional().describe("Address that the ACME CA writes to. Default none."),
    acme: z
      .strictObject({
        directory: directory()
          .optional()
          .describe(
            "URL of another ACME server's directory: `https://acme.example.com/directory`. Default Let's Encrypt's.",
          ),
        rootCertificate: pem()
          .optional()
          .describe(
            "Authority of that server's own certificate, in PEM form, where it is a private one. Default: public authorities.",
          ),
      })
      .optional()
      .describe("The ACME server, for `certificates: acme`."),
    certificate: pem()
      .optional()
      .describe(
        "For `certificates: files`: the certificate in PEM form, such as Cloudflare's origin certificate, and those between it and its authority after it. It has to cover every host name.",
      ),
    certificateKey: pem()
      .optional()
      .describe(
        "Secret: the certificate's key in PEM form. `pulumi config set --secret --path 'backline:proxy.certificateKey' < key.pem` sets it.",
      ),
    hsts: z
      .strictObject({
        maxAge: duration()
          .optional()
          .describe(
            "How long browsers remember to use HTTPS alone; `0s` makes them forget. Default `365d`, and with `certificates: internal` nothing is sent.",
          ),
        includeSubDomains: z
          .boolean()
          .optional()
          .describe("Whether that holds for all names below the site's. Default false."),
        preload: z
          .boolean()
          .optional()
          .describe(
            "Whether browsers may build the names in; needs `includeSubDomains` and a `maxAge` of `365d` or more. Default false.",
          ),
      })
      .optional()
      .describe("Strict-Transport-Security."),
    redirects: z
      .array(z.strictObject({ from: hostPattern(), to: domain(), permanent: z.boolean().optional() }))
      .optional()
      .describe(
        "Host names that lead to another: `[{ from: www.example.com, to: example.com }]`. `from` may be a wildcard, `*.example.org`; with `permanent: false` clients do not remember it (307 in the place of 308). Default none.",
      ),
    trustedProxies: ranges(["cloudflare"], "write the addresses of the proxies alone")
      .optional()
      .describe(
        "Proxies before this one whose word about a client's address is believed: `[cloudflare]`, or ranges such as `203.0.113.0/24`. Default none: the address of the connection counts.",
      ),
    clientIpHeaders: z
      .array(headerName())
      .min(1, { error: "is an empty list; name a header or remove it" })
      .optional()
      .describe("Headers in which trusted proxies tell it. Default `[X-Forwarded-For]`."),
    maintenance: maintenance()
      .optional()
      .describe(
        "`true`, or a text: every site answers 503 with a page that says so, and programs get a problem in JSON. Default false.",
      ),
    maintenanceAllow: ranges([], "remove proxy.maintenance to serve everybody")
      .optional()
      .describe("Ranges that are served during maintenance: `[203.0.113.7/32]`. Default none."),
    timeouts: z
      .strictObject({
        readHeader: timeout().optional().describe("For a request's headers to arrive. Default `10s`."),
        readBodyIdle: timeout()
          .optional()
          .describe(
            "That a request's body may stall. Default `1m`; WebSockets need more than their heartbeat.",
          ),
        writeIdle: timeout()
          .optional()
          .describe("That a client may take nothing of an answer. Default `1m`."),
        idle: timeout().optional().describe("That a connection is kept without a request. Default `5m`."),
        responseHeader: timeout()
          .optional()
          .describe("Until a service begins to answer; then clients get 504. Default `1m`."),
      })
      .optional()
      .describe("Times after which the proxy gives up."),
    maxHeaderSize: bytes()
      .optional()
      .describe("Size of a request's headers, over which the proxy answers 431. Default `16Ki`."),
    streamCloseDelay: duration()
      .optional()
      .describe(
        "How long a WebSocket outlives a reload of the proxy: then the proxy cuts it, and all others of that time with it. Default ten years, `3650d`: only the WebSocket server ends connections.",
      ),
    memory: memory().optional().describe("Memory limit. Default from the system."),
    cpu: cpu().optional().describe("CPU limit. Default from the system."),
  })
  .optional()
  .describe("The reverse proxy (Caddy).");
