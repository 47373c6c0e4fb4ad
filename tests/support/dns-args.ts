import type { DnsPlanArgs, ServedName } from "../../components/dns/args";
import { Secret } from "../../components/shared/secret";

export const zoneId = "0123456789abcdef0123456789abcdef";
export const accountId = "fedcba9876543210fedcba9876543210";

/** A name that the host serves. */
export const onHost = (name: string): ServedName => ({ name, platform: "host", source: `of ${name}` });
export const atVercel = (name: string): ServedName => ({ name, platform: "vercel", source: `of ${name}` });

/** An owner of example.com with an API on its host, and nothing else. */
export const dnsArgs = (more: Partial<DnsPlanArgs> = {}): DnsPlanArgs => ({
  stack: "dev",
  role: "owner",
  zone: "example.com",
  zoneId,
  accountId: undefined,
  plan: "free",
  token: new Secret("the-token-of-this-test"),
  addresses: ["203.0.113.7"],
  proxied: true,
  minTlsVersion: "1.2",
  originPulls: false,
  records: {},
  mail: undefined,
  rules: {
    managed: true,
    block: [],
    firewall: {},
    rateLimits: {},
    cache: {},
    redirects: [],
    headers: {},
  },
  names: [onHost("api.example.com")],
  hsts: undefined,
  requestsPerAddress: 0,
  ...more,
});
