import type { ProxyRouting } from "../../components/proxy";
import { proxyOf } from "../../stacks/settings/proxy";
import { proxyFields } from "../../stacks/settings/proxy-fields";

export const apiSite = {
  name: "api",
  hostname: "api.example.com",
  routes: [{ path: "/", service: "api" }],
  contentSecurityPolicy: undefined,
};

export const apiUpstream = {
  containers: ["dev-api-0-0123456789", "dev-api-1-0123456789"],
  port: 3000,
  healthPort: 3091,
  healthPath: "/health",
  sticky: false,
  bodyLimit: 1024 ** 2,
};

/** What is rendered for one API, from keys of `proxy` as a stack's file has them. */
export function routingOf(
  proxy: Record<string, unknown> = {},
  routing: Partial<ProxyRouting> = {},
): ProxyRouting {
  const settings = proxyOf(proxyFields.parse({ certificates: "internal", ...proxy }));
  return { ...settings, sites: [apiSite], upstreams: { api: apiUpstream }, ...routing };
}
