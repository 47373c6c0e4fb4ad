import type { DnsSettings } from "../components/dns/args";
import { type DnsPlan, planDns } from "../components/dns/plan";
import type { Settings } from "./settings/settings";
import { usedNames } from "./sites";

/** Settings -> what Cloudflare is to become. */
export function planOfDns(settings: Settings, cloudflare: DnsSettings): DnsPlan {
  return planDns({
    ...cloudflare,
    stack: settings.stack,
    names: usedNames(settings).map(({ name, platform, path }) => ({ name, platform, source: path })),
    hsts: settings.proxy.hsts,
    requestsPerAddress: settings.features.rateLimits.address,
  });
}
