import type { Redirect } from "../components/proxy/args";
import type { Settings, SiteSettings } from "./settings/settings";

/** The sites that the proxy serves. */
export const sitesOnHost = ({ sites }: Pick<Settings, "sites">): readonly SiteSettings[] =>
  sites.filter(({ platform }) => platform === "host");

/** The sites that Vercel serves. */
export const sitesOnVercel = ({ sites }: Pick<Settings, "sites">): readonly SiteSettings[] =>
  sites.filter(({ platform }) => platform === "vercel");

/** What the proxy redirects: what its own settings say, and the further names of the sites that it serves. */
export const redirectsOnHost = (settings: Pick<Settings, "sites" | "proxy">): readonly Redirect[] => [
  ...settings.proxy.redirects,
  ...sitesOnHost(settings).flatMap(({ hostname, redirectFrom }) =>
    redirectFrom.map((from) => ({ from, to: hostname, permanent: true })),
  ),
];

/** A host name that the stack answers for, and where it is written. */
export interface UsedName {
  readonly name: string;
  /** Key path: `sites.api.hostname`. */
  readonly path: string;
  /** For sentences: `the site api`. */
  readonly user: string;
  readonly platform: SiteSettings["platform"];
}

/** Every host name of a stack, in the order of its sites. */
export function usedNames({ sites, proxy }: Pick<Settings, "sites" | "proxy">): UsedName[] {
  return [
    ...sites.flatMap(({ name, hostname, redirectFrom, platform }) => [
      { name: hostname, path: `sites.${name}.hostname`, user: `the site ${name}`, platform },
      ...redirectFrom.map((from, index) => {
        const path = `sites.${name}.redirectFrom.${index}`;
        return { name: from, path, user: path, platform };
      }),
    ]),
    ...proxy.redirects.map(({ from }, index) => ({
      name: from,
      path: `proxy.redirects.${index}.from`,
      user: `proxy.redirects.${index}`,
      platform: "host" as const,
    })),
  ];
}
