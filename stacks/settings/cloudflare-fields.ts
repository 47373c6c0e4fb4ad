import { isIP } from "node:net";
import { z } from "zod";
import { zonePlans } from "../../components/dns/args";
import { checked, count, domain, duration } from "./fields";
import { ranges } from "./host-fields";

/** Ids of zones and accounts. */
const id = (noun: string) =>
  checked(z.string(), "format", (value) =>
    /^[0-9a-f]{32}$/.test(value)
      ? undefined
      : `${JSON.stringify(value)} is not the id of ${noun}; write the 32 characters 0-9 and a-f of the zone's overview page`,
  );

const publicAddress = () =>
  checked(z.string(), "address", (value) =>
    isIP(value) !== 0
      ? undefined
      : `${JSON.stringify(value)} is not an address; write one such as "203.0.113.7" or "2001:db8::7"`,
  );

/** Rules of Cloudflare's language are checked where it is known which plan they are for. */
const expression = () => z.string();

const mail = z
  .strictObject({
    mx: z
      .array(z.strictObject({ host: domain(), priority: count(0, 65_535) }))
      .optional()
      .describe(
        "Servers that take mail, the lowest priority first: `[{ host: mx.example.net, priority: 10 }]`. Default none: a record says that the zone takes no mail.",
      ),
    spf: z
      .strictObject({
        include: z
          .array(domain())
          .optional()
          .describe("Senders by their names: `[sendgrid.net]`, at most 10. Default none."),
        ip: ranges([], "write the addresses of the senders alone")
          .optional()
          .describe("Senders by their ranges: `[203.0.113.7/32]`. Default none."),
        all: z
          .enum(["fail", "softfail"])
          .optional()
          .describe("What receivers do with mail of others: refuse it, or mark it. Default `fail`."),
      })
      .optional()
      .describe("SPF: who may send mail of the zone. Default: no record."),
    dkim: z
      .record(
        z.string(),
        z.strictObject({
          target: domain()
            .optional()
            .describe("Name at which the sender keeps the key: a CNAME leads there."),
          key: z.string().optional().describe("Or the public key itself, in Base64."),
        }),
      )
      .optional()
      .describe("DKIM: the keys that sign mail, by selector. Default none."),
    dmarc: z
      .strictObject({
        policy: z
          .enum(["none", "quarantine", "reject"])
          .optional()
          .describe("What receivers do with mail that is not of the zone. Default `none`."),
        reports: z.email().optional().describe("Address that they send reports to. Default none."),
        percent: count(0, 100).optional().describe("Percent of mails that the policy is for. Default 100."),
      })
      .optional()
      .describe("DMARC. Default: no record."),
  })
  .optional()
  .describe("Mail of the zone's own name. Default: no records.");

const record = z.strictObject({
  type: z.enum(["A", "AAAA", "CNAME", "MX", "TXT", "CAA"]).describe("Type."),
  name: z
    .string()
    .describe("Full name in the zone, or `@` for the zone itself; `*.` before a name is a wildcard."),
  content: z.string().describe("Address, name or text; of CAA the authority."),
  proxied: z
    .boolean()
    .optional()
    .describe("A, AAAA and CNAME: whether requests go through Cloudflare. Default false."),
  priority: count(0, 65_535).optional().describe("MX: the server with the lowest comes first."),
  tag: z
    .enum(["issue", "issuewild", "iodef"])
    .optional()
    .describe("CAA: what the authority is allowed, or `iodef` for where to report to. Default `issue`."),
  ttl: duration()
    .optional()
    .describe(
      "How long resolvers keep it, `1m` to `1d`; not of a proxied record. Default Cloudflare's, `5m`.",
    ),
});

/** The keys of `cloudflare`. */
export const cloudflareFields = z
  .strictObject({
    zone: z
      .enum(["owner", "member"])
      .optional()
      .describe(
        "`owner`: what holds for the zone as a whole is this stack's, of which there is one a zone. `member`: the stack has records in it and nothing else. Default `member`.",
      ),
    zoneName: domain().optional().describe("Name of the zone. Default `domain`."),
    zoneId: id("a zone").optional().describe("Id of the zone, where it is there already. Needed to deploy."),
    accountId: id("an account")
      .optional()
      .describe("Id of the account in which an owner without `zoneId` makes the zone."),
    plan: z
      .enum(zonePlans)
      .optional()
      .describe("Plan of the zone, which decides which rules there may be. Default `free`."),
    apiToken: z
      .string()
      .optional()
      .describe(
        "Secret: the API token. `pulumi config set --secret --path 'backline:cloudflare.apiToken'` sets it. docs/dns.md lists its permissions. Needed to deploy.",
      ),
    addresses: z
      .array(publicAddress())
      .min(1, { error: "is an empty list; write the host's public addresses or remove it" })
      .optional()
      .describe("Public addresses of the host, IPv4 and IPv6. Default `host.address`."),
    proxied: z
      .boolean()
      .optional()
      .describe("Whether requests for the host's names go through Cloudflare. Default true."),
    minTlsVersion: z
      .enum(["1.2", "1.3"])
      .optional()
      .describe('Lowest version of TLS that Cloudflare speaks, in quotes: `"1.2"`. Default `"1.2"`.'),
    originPulls: z
      .boolean()
      .optional()
      .describe(
        "Whether the host's proxy takes connections with Cloudflare's client certificate alone. The owner of the zone turns it on for all of its names. Default false.",
      ),
    records: z
      .record(z.string(), record)
      .optional()
      .describe(
        "Further records, each by a name of your choice that stays: `verification: { type: TXT, name: '@', content: ... }`. Default none.",
      ),
    mail,
    waf: z
      .strictObject({
        managed: z
          .boolean()
          .optional()
          .describe("Whether Cloudflare's managed rules apply; from the plan `pro` on. Default true."),
        block: ranges([], "write the addresses that are to be refused alone")
          .optional()
          .describe("Ranges that are refused: `[198.51.100.0/24]`. Default none."),
        rules: z
          .record(
            z.string(),
            z.strictObject({
              expression: expression().describe("Which requests, in Cloudflare's language of rules."),
              action: z
                .enum(["block", "challenge", "js_challenge", "managed_challenge", "log"])
                .describe("What happens to them."),
            }),
          )
          .optional()
          .describe("Rules of your own, by name. Default none."),
      })
      .optional()
      .describe("The firewall for the zone."),
    rateLimits: z
      .record(
        z.string(),
        z.strictObject({
          expression: expression().describe("Which requests count."),
          requests: count(1, 1_000_000).describe("Requests of one address that are let through in `period`."),
          period: duration().describe("Time over which they are counted."),
          timeout: duration().optional().describe("How long the address is refused then. Default `period`."),
        }),
      )
      .optional()
      .describe(
        "Further limits for the zone, by name, beside the one that follows from `rateLimits.address`. Default none.",
      ),
    cache: z
      .record(
        z.string(),
        z.strictObject({
          expression: expression().describe("Which requests."),
          edge: duration()
            .optional()
            .describe("Time in Cloudflare's cache; `0s`: not cached. Default what the answer says."),
          browser: duration().optional().describe("Time in browsers. Default what the answer says."),
        }),
      )
      .optional()
      .describe("What Cloudflare caches, by name of the rule. Default: what it does by itself."),
    redirects: z
      .array(z.strictObject({ from: domain(), to: domain(), permanent: z.boolean().optional() }))
      .optional()
      .describe(
        "Host names of the zone that Cloudflare leads to another by itself, whatever runs behind: `[{ from: old.example.com, to: example.com }]`; with `permanent: false` clients do not remember it. Default none.",
      ),
    headers: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        "Headers of every answer that goes through Cloudflare: `X-Frame-Options: DENY`, in the place of what the origin says. Default none.",
      ),
  })
  .optional()
  .describe("Cloudflare: DNS, and what stands before the host. Default off: nothing of it is made.");

export type CloudflareConfig = z.output<typeof cloudflareFields>;
