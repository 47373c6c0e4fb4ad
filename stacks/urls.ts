/** Addresses of a stack as browsers write them. */
import type { Settings, SiteSettings } from "./settings/settings";
import { sitesOnHost } from "./sites";

/** A site's origin: what browsers send as `Origin`, and the URL of its start page without a slash. */
export const originOf = (
  { hostname, platform }: Pick<SiteSettings, "hostname" | "platform">,
  { httpsPort }: Pick<Settings["proxy"], "httpsPort">,
): string => `https://${hostname}${platform === "vercel" || httpsPort === 443 ? "" : `:${httpsPort}`}`;

/**
 * The URL of a service through the proxy, by the first route that leads to it; without a final slash.
 * @throws Error where no site on the host routes to it, which the checks have refused before.
 */
export function urlOfService(
  service: string,
  scheme: "https" | "wss",
  { sites, proxy }: Pick<Settings, "sites" | "proxy">,
): string {
  for (const site of sitesOnHost({ sites })) {
    const route = site.routes.find((candidate) => candidate.service === service);
    if (route === undefined) continue;
    const origin = originOf(site, proxy).replace("https", scheme);
    return route.path === "/" ? origin : `${origin}${route.path}`;
  }
  throw new Error(`no site routes to ${service}`);
}
