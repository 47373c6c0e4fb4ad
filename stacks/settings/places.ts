import type { SystemDescription } from "../systems";
import type { StackConfig } from "./schema";
import type { Settings } from "./settings";

/** The sites of a system, each with where it is. */
export function sitesOf(
  system: SystemDescription,
  domain: string,
  config: StackConfig["sites"],
): Settings["sites"] {
  return Object.entries(system.sites).map(([name, { label = name, routes, contentSecurityPolicy }]) => ({
    name,
    hostname: config?.[name]?.hostname ?? (label === "@" ? domain : `${label}.${domain}`),
    platform: config?.[name]?.platform ?? "host",
    redirectFrom: config?.[name]?.redirectFrom ?? [],
    routes,
    contentSecurityPolicy,
  }));
}

/**
 * Front ends on Vercel, and what is left for the host: a front end whose sites are all elsewhere has no containers
 * there. One whose sites are on both is served by both.
 */
export function placesOf(system: SystemDescription, sites: Settings["sites"]) {
  const platformsOf = (service: string) =>
    sites
      .filter(({ routes }) => routes.some((route) => route.service === service))
      .map(({ platform }) => platform);
  const isFrontEnd = (service: string) => system.services[service]?.frontEnd !== undefined;
  const names = Object.keys(system.services);
  const onVercel = names.filter((name) => isFrontEnd(name) && platformsOf(name).includes("vercel"));
  const onHost = names.filter((name) => !onVercel.includes(name) || platformsOf(name).includes("host"));
  return { onHost, onVercel };
}
