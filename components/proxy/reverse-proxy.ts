import type { ProxyRouting, ProxySite } from "./args";
import { stickyFile } from "./files";
import { block, seconds, size } from "./syntax";
import { upstreamAddresses } from "./upstreams";

/** A WebSocket over HTTP/2 or HTTP/3 is a CONNECT whose body lasts as long as the connection: that has no size. */
export const limitedBodies = ["@limited_body not method CONNECT"];

function reverseProxy(service: string, config: ProxyRouting): string[] {
  const upstream = config.upstreams[service];
  if (!upstream) throw new Error(`a site routes to ${service}, which is no service`);
  const { healthPort, healthPath, sticky, bodyLimit } = upstream;
  return [
    ...block("request_body @limited_body", [`max_size ${size(bodyLimit)}`]),
    ...block(`reverse_proxy ${upstreamAddresses(service, upstream).join(" ")}`, [
      sticky ? `import ${stickyFile(service, "").path}` : "lb_policy least_conn",
      // A replica that is just being replaced is tried no longer than this before another takes the request.
      "lb_try_duration 5s",
      "lb_try_interval 100ms",
      // These checks alone say that a replica is away. Caddy's passive ones (`fail_duration`) count a body that
      // is too large against the replica, so that any client could take all of them out.
      // Liveness, not readiness: a Redis that is away must not take every replica out.
      `health_uri ${healthPath}`,
      `health_port ${healthPort}`,
      "health_interval 1s",
      "health_timeout 2s",
      // A reload must not cut WebSockets.
      `stream_close_delay ${seconds(config.streamCloseDelay)}`,
      // Services believe the proxy alone, and would take a trusted proxy before it for the client.
      ...(config.trustedProxies.length > 0 ? ["header_up X-Forwarded-For {client_ip}"] : []),
      ...block("transport http", [
        "dial_timeout 2s",
        `response_header_timeout ${seconds(config.timeouts.responseHeader)}`,
        "keepalive 30s",
      ]),
    ]),
  ];
}

/** The routes of a site, the longest path first. */
export function routes(site: ProxySite, config: ProxyRouting): string[] {
  const byLength = [...site.routes].sort((a, b) => b.path.length - a.path.length);
  return byLength.flatMap(({ path, service }) => {
    const proxy = reverseProxy(service, config);
    if (path === "/") return block("handle", proxy);
    const matcher = `@${service}_${site.routes.findIndex((route) => route.path === path)}`;
    return [`${matcher} path ${path} ${path}/*`, ...block(`handle ${matcher}`, proxy)];
  });
}
