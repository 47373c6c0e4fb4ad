import type { Settings, SiteSettings } from "./settings/settings";
import { sitesOnHost } from "./sites";
import type { RouteDescription } from "./systems/types";

/** Whether requests to `path` and all below it are the route's. */
const holds = (route: RouteDescription, path: string): boolean =>
  route.path === "/" || path === route.path || path.startsWith(`${route.path}/`);

/** The route that answers a path: the longest that holds it. */
const routeOf = ({ routes }: SiteSettings, path: string): RouteDescription | undefined =>
  [...routes].sort((a, b) => b.path.length - a.path.length).find((route) => holds(route, path));

/**
 * The site on the host that answers a route's path as the route says; undefined: none does. What Vercel serves sends
 * such requests there.
 */
export function destinationOf(
  settings: Pick<Settings, "sites">,
  { path, service }: RouteDescription,
): SiteSettings | undefined {
  return sitesOnHost(settings).find(
    (site) =>
      routeOf(site, path)?.service === service &&
      site.routes.every((other) => other.service === service || !other.path.startsWith(`${path}/`)),
  );
}
