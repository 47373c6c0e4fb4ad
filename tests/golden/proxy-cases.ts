import type { ProxyRouting } from "../../components/proxy";
import { Secret } from "../../components/shared/secret";
import { apiSite, apiUpstream, routingOf } from "../support/proxy-settings";

/** Certificates stand for their content alone: what is rendered is the name of a file. */
const given = { certificate: "a certificate", certificateKey: "its key" };
const acme = { directory: "https://acme.example.com/directory", rootCertificate: "an authority" };
const openHours = { maintenance: 'Back at {noon}, "promised" <soon>', maintenanceAllow: ["203.0.113.7/32"] };
const studio = { ...apiSite, name: "studio", hostname: "studio.example.com" };
const ws = { ...apiUpstream, containers: ["dev-ws-0-0123456789"], port: 3001 };

export const nameKey = new Secret("key of the names");

/** One setting each; tests/golden/proxy has the Caddyfile of every one. */
export const proxyCases: Readonly<Record<string, ProxyRouting>> = {
  "certificates-internal": routingOf(),
  "certificates-acme": routingOf({ certificates: "acme", email: "ops@example.com" }),
  "certificates-acme-directory": routingOf({ certificates: "acme", acme }),
  "certificates-files": routingOf({ certificates: "files", ...given }),
  "certificates-cloudflare": routingOf({ certificates: "cloudflare" }, { originPulls: true }),
  ports: routingOf({ httpPort: 8080, httpsPort: 8443 }),
  "hsts-default": routingOf({ certificates: "files", ...given, hsts: {} }),
  "hsts-all": routingOf({ hsts: { maxAge: "730d", includeSubDomains: true, preload: true } }),
  "hsts-forget": routingOf({ hsts: { maxAge: "0s" } }),
  redirects: routingOf({
    httpsPort: 8443,
    redirects: [
      { from: "www.example.com", to: "api.example.com" },
      { from: "*.example.org", to: "example.net", permanent: false },
    ],
  }),
  routes: routingOf(
    {},
    {
      sites: [
        {
          ...apiSite,
          routes: [
            ...apiSite.routes,
            { path: "/ws", service: "ws" },
            { path: "/ws/old", service: "api" },
            { path: "/v1", service: "api" },
          ],
        },
        { ...studio, routes: [{ path: "/", service: "ws" }] },
      ],
      upstreams: { api: apiUpstream, ws },
    },
  ),
  "content-security-policy": routingOf(
    {},
    { sites: [{ ...apiSite, contentSecurityPolicy: "default-src 'self'; frame-ancestors 'none'" }] },
  ),
  "body-limit": routingOf({}, { upstreams: { api: { ...apiUpstream, bodyLimit: 64 * 1024 } } }),
  "body-limit-of-bytes": routingOf({}, { upstreams: { api: { ...apiUpstream, bodyLimit: 1000 } } }),
  sticky: routingOf({}, { upstreams: { api: { ...apiUpstream, sticky: true } } }),
  timeouts: routingOf({
    timeouts: {
      readHeader: "5s",
      readBodyIdle: "90s",
      writeIdle: "2m",
      idle: "10m",
      responseHeader: "500ms",
    },
  }),
  "max-header-size": routingOf({ maxHeaderSize: "48Ki" }),
  "trusted-proxies-cloudflare": routingOf({ trustedProxies: ["cloudflare"] }),
  "trusted-proxies-ranges": routingOf({
    trustedProxies: ["203.0.113.0/24", "2001:db8::/32"],
    clientIpHeaders: ["X-Real-IP", "X-Forwarded-For"],
  }),
  maintenance: routingOf({ maintenance: true }),
  "maintenance-text-and-allow": routingOf(openHours),
  "stream-close-delay": routingOf({ streamCloseDelay: "1h" }),
};
