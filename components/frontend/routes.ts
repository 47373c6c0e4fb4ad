import type { Route, RouteWithSrc } from "@vercel/routing-utils";
import type { FrontendPlanArgs, FrontendSite } from "./args";
import { securityHeaders } from "./headers";

/** `.vercel/output/config.json`: https://vercel.com/docs/build-output-api/configuration */
export interface OutputConfig {
  readonly version: 3;
  readonly routes: readonly Route[];
}

/** A path in a regular expression. */
const literally = (path: string): string => path.replaceAll(/[.~]/g, "\\$&");

/** Restricts what some of the sites have to their host names; what all of them have is so everywhere, previews included. */
function onSites(
  all: readonly FrontendSite[],
  some: readonly FrontendSite[],
  route: RouteWithSrc,
): RouteWithSrc[] {
  return some.length === all.length
    ? [route]
    : some.map(({ hostname }) => ({ ...route, has: [{ type: "host", value: hostname }] }));
}

/** Values of sites, each with the sites that have it. */
function grouped<T>(
  sites: readonly FrontendSite[],
  valuesOf: (site: FrontendSite) => readonly T[],
): { readonly value: T; readonly sites: FrontendSite[] }[] {
  const groups = new Map<string, { value: T; sites: FrontendSite[] }>();
  for (const site of sites)
    for (const value of valuesOf(site)) {
      const key = JSON.stringify(value);
      const group = groups.get(key) ?? { value, sites: [] };
      group.sites.push(site);
      groups.set(key, group);
    }
  return [...groups.values()];
}

/** What others answer comes first, and with their own headers. The longest path wins. */
const rewrites = (sites: readonly FrontendSite[]): Route[] =>
  grouped(sites, (site) => site.rewrites)
    .sort((a, b) => b.value.path.length - a.value.path.length)
    .flatMap(({ value, sites: some }) =>
      onSites(sites, some, {
        src: `^${literally(value.path)}(/.*)?$`,
        dest: `${value.origin}${value.path}$1`,
      }),
    );

const ownPolicies = (sites: readonly FrontendSite[]): Route[] =>
  grouped(sites, ({ contentSecurityPolicy: own }) => (own === undefined ? [] : [own])).flatMap(
    ({ value, sites: some }) =>
      onSites(sites, some, {
        src: "^/.*$",
        headers: { "Content-Security-Policy": value },
        continue: true,
      }),
  );

/**
 * How Vercel answers, as `services/web/Caddyfile` does on the host. Routes are tried in order; a later one's headers
 * replace an earlier one's; what stands behind `filesystem` is for paths that are no file.
 */
export const renderOutputConfig = (
  args: Pick<FrontendPlanArgs, "sites" | "api" | "socket" | "strictTransportSecurity">,
): OutputConfig => ({
  version: 3,
  routes: [
    ...rewrites(args.sites),
    {
      src: "^/.*$",
      headers: { ...securityHeaders(args), "Cache-Control": "no-cache" },
      continue: true,
    },
    ...ownPolicies(args.sites),
    // Names of assets carry a hash of their content.
    {
      src: "^/assets/.*$",
      headers: { "Cache-Control": "public, max-age=31536000, immutable" },
      continue: true,
    },
    { handle: "filesystem" },
    // A script of an earlier release, which a page asks for that was fetched before: the answer makes it load itself again.
    { src: "^/assets/.*\\.js$", headers: { "Cache-Control": "no-store" }, dest: "/stale.js" },
    { src: "^/assets/.*$", headers: { "Cache-Control": "no-store" }, status: 404 },
    { src: "^/.*$", dest: "/index.html" },
  ],
});
