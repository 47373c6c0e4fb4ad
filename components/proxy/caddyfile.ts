import type { ProxyPlanArgs, ProxySite, Upstream } from "./args";
import { upstreamAddresses } from "./upstreams";

/** Port inside the container for `/health` and Caddy's own metrics. */
export const operationsPort = 2020;

type Rendered = Pick<
  ProxyPlanArgs,
  "httpPort" | "httpsPort" | "certificates" | "email" | "streamCloseDelay" | "sites" | "upstreams"
>;

const indent = (lines: readonly string[]): string[] => lines.map((line) => (line === "" ? "" : `\t${line}`));
const block = (head: string, lines: readonly string[]): string[] => [`${head} {`, ...indent(lines), "}"];

function reverseProxy(service: string, upstream: Upstream, streamCloseDelay: number): string[] {
  return block(`reverse_proxy ${upstreamAddresses(service, upstream).join(" ")}`, [
    "lb_policy least_conn",
    // A replica that is just being replaced is tried no longer than this before another takes the request.
    "lb_try_duration 5s",
    "lb_try_interval 100ms",
    "fail_duration 5s",
    // Liveness, not readiness: a Redis that is away must not take every replica out.
    "health_uri /health",
    `health_port ${upstream.healthPort}`,
    "health_interval 2s",
    "health_timeout 2s",
    // A reload must not cut WebSockets.
    `stream_close_delay ${Math.round(streamCloseDelay)}s`,
    ...block("transport http", ["dial_timeout 2s", "response_header_timeout 60s", "keepalive 30s"]),
  ]);
}

function site(entry: ProxySite, config: Rendered): string[] {
  const byLength = [...entry.routes].sort(
    (a, b) => b.path.length - a.path.length || (a.path < b.path ? -1 : 1),
  );
  const routes = byLength.flatMap(({ path, service }) => {
    const upstream = config.upstreams[service];
    if (!upstream) throw new Error(`the site ${entry.name} routes to ${service}, which is no service`);
    const proxy = reverseProxy(service, upstream, config.streamCloseDelay);
    if (path === "/") return block("handle", proxy);
    const matcher = `@${service}_${entry.routes.findIndex((route) => route.path === path)}`;
    return [`${matcher} path ${path} ${path}/*`, ...block(`handle ${matcher}`, proxy)];
  });
  return block(`https://${entry.hostname}:${config.httpsPort}`, [
    ...(config.certificates === "internal" ? ["tls internal"] : []),
    "encode zstd gzip",
    ...block("log", ["output stdout", "format json"]),
    ...block("header", [
      "X-Content-Type-Options nosniff",
      "Referrer-Policy strict-origin-when-cross-origin",
      "-Server",
    ]),
    ...routes,
  ]);
}

/** The Caddyfile of a stack. Pure: equal settings give equal text. */
export function renderCaddyfile(config: Rendered): string {
  const global = block("", [
    // No https_port: the sites name theirs, and the redirect then names it too.
    `http_port ${config.httpPort}`,
    "admin localhost:2019",
    // The file is the only source: nothing that was loaded by hand comes back after a restart.
    "persist_config off",
    "skip_install_trust",
    ...(config.email === undefined ? [] : [`email ${config.email}`]),
    ...block("servers", ["protocols h1 h2 h3", ...block("timeouts", ["read_header 10s", "idle 5m"])]),
    "metrics",
    ...block("log", ["output stdout", "format json"]),
  ]);
  const operations = block(`http://:${operationsPort}`, ["metrics /metrics", "respond /health 200"]);
  return `${[global, operations, ...config.sites.map((entry) => site(entry, config))]
    .map((lines) => lines.join("\n").trimStart())
    .join("\n\n")}\n`;
}
