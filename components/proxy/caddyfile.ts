import { cloudflareRanges } from "../shared/cloudflare";
import { log, userAgent } from "./access-log";
import type { ProxyRouting, Redirect } from "./args";
import { closing, overlapOption } from "./closing";
import { compression } from "./compression";
import { acmeRootFile } from "./files";
import { contentSecurityPolicy, securityHeaders } from "./headers";
import { withMaintenance } from "./maintenance";
import { respondProblem } from "./problem";
import { limitedBodies, routes } from "./reverse-proxy";
import { block, seconds, size } from "./syntax";
import { tls } from "./tls";

/** Port inside the container for `/health` and Caddy's own metrics. */
export const operationsPort = 2020;

function clientAddresses({ trustedProxies, clientIpHeaders }: ProxyRouting): string[] {
  if (trustedProxies.length === 0) return [];
  const ranges = trustedProxies.flatMap((entry) =>
    entry === "cloudflare" ? [...cloudflareRanges.ipv4, ...cloudflareRanges.ipv6] : [entry],
  );
  return [
    `trusted_proxies static ${ranges.join(" ")}`,
    // From the right: what a client writes itself stands to the left of what a trusted proxy adds.
    "trusted_proxies_strict",
    `client_ip_headers ${clientIpHeaders.join(" ")}`,
  ];
}

function acme({ certificates }: ProxyRouting): string[] {
  if (certificates.kind !== "acme") return [];
  const { email, directory, rootCertificate } = certificates;
  return [
    ...(email === undefined ? [] : [`email ${email}`]),
    ...(directory === undefined ? [] : [`acme_ca ${directory}`]),
    ...(rootCertificate === undefined ? [] : [`acme_ca_root ${acmeRootFile(rootCertificate).path}`]),
  ];
}

function globalOptions(config: ProxyRouting): string[] {
  const { timeouts } = config;
  return block("", [
    // No https_port: the sites name theirs, and the redirect then names it too.
    `http_port ${config.httpPort}`,
    "admin localhost:2019",
    // The file is the only source: nothing that was loaded by hand comes back after a restart.
    "persist_config off",
    overlapOption,
    "skip_install_trust",
    ...acme(config),
    ...block("servers", [
      "protocols h1 h2 h3",
      ...block("timeouts", [
        `read_header ${seconds(timeouts.readHeader)}`,
        // Off: Caddy's server would put a reader of its own before Go's, and Go would then take what is left
        // of a body that nobody read for the next request. The sites' `timeouts` does the same without that.
        "read_body_idle -1s",
        `write_idle ${seconds(timeouts.writeIdle)}`,
        `idle ${seconds(timeouts.idle)}`,
      ]),
      `max_header_size ${size(config.maxHeaderSize)}`,
      ...clientAddresses(config),
    ]),
    "metrics",
    ...log(),
  ]);
}

/** The services' own limits are the same or lower, and clients should not have to care whose it was. */
const tooLarge = respondProblem("body_too_large", "The body is larger than this site takes.");

/** What all sites have in common, also in answers of the proxy's own such as 413 and 502. */
const common = (config: ProxyRouting, identity: string): string[] => [
  ...block("(headers)", securityHeaders(config.hsts)),
  "",
  ...block("(site)", [
    ...tls(config),
    ...compression,
    // Goes where the global log does.
    "log",
    userAgent,
    ...limitedBodies,
    ...block("timeouts", [`read_timeout ${seconds(config.timeouts.readBodyIdle)}`]),
    ...closing(identity),
    "import headers",
    ...block("handle_errors", [
      "import headers",
      contentSecurityPolicy(undefined),
      "@too_large vars {err.status_code} 413",
      ...block("handle @too_large", tooLarge),
      ...block("handle", ['respond "" {err.status_code}']),
    ]),
  ]),
];

function redirect({ from, to, permanent }: Redirect, { sites, httpsPort }: ProxyRouting): string[] {
  const own = sites.some(({ hostname }) => hostname === to);
  const port = own && httpsPort !== 443 ? `:${httpsPort}` : "";
  return block(`https://${from}:${httpsPort}`, [
    "import site",
    contentSecurityPolicy(undefined),
    // Not 301 and 302, after which clients turn a POST into a GET.
    `redir https://${to}${port}{uri} ${permanent ? 308 : 307}`,
  ]);
}

/** The Caddyfile of a stack. Pure: equal settings give equal text. */
export const renderCaddyfile = (config: ProxyRouting): string => render(config, render(config, ""));

/** `identity` tells a configuration from others. */
function render(config: ProxyRouting, identity: string): string {
  const sites = config.sites.map((site) =>
    block(`https://${site.hostname}:${config.httpsPort}`, [
      "import site",
      ...withMaintenance(config.maintenance, [
        contentSecurityPolicy(site.contentSecurityPolicy),
        ...routes(site, config),
      ]),
    ]),
  );
  const blocks = [
    globalOptions(config),
    common(config, identity),
    block(`http://:${operationsPort}`, ["metrics /metrics", "respond /health 200"]),
    ...config.redirects.map((entry) => redirect(entry, config)),
    ...sites,
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}
