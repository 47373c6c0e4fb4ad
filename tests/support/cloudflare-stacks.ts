/** AudiFi with its zone at Cloudflare, and what it registers there. */
import { Secret } from "../../components/shared/secret";
import { Platform } from "../../stacks/platform";
import type { Settings } from "../../stacks/settings";
import { prebuilt } from "./front-end-plans";
import { type Registered, registeredBy } from "./mocks";
import { releaseOf, settingsOf } from "./plans";

export const zoneId = "0123456789abcdef0123456789abcdef";
export const token = "the-token-of-this-test-that-must-not-get-out";
const host = (address: string) => `{
    address: ${address},
    hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT,
    publicKeys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB4Qu6jsnXpJbK6LbTDXdQMnQsDVM38POQ7Q1mfnn408 ops@example.com],
  }`;

/** AudiFi on one host: the zone is production's. */
export const production = `
config:
  backline:domain: audifi.io
  backline:vercel: { token: { secure: "v1:..." } }
  backline:host: ${host("203.0.113.20")}
  backline:sites:
    home: { platform: vercel }
    app: { platform: vercel }
  backline:proxy: { certificates: cloudflare, trustedProxies: [cloudflare] }
  backline:rateLimits: { user: 100, address: 600 }
  backline:cloudflare: { zone: owner, zoneId: ${zoneId}, apiToken: { secure: "v1:..." }, originPulls: true }
`;
export const staging = `
config:
  backline:domain: audifi.io
  backline:vercel: { token: { secure: "v1:..." } }
  backline:host: ${host("203.0.113.10")}
  backline:sites:
    api: { hostname: staging-api.audifi.io }
    home: { hostname: staging.audifi.io, platform: vercel }
    app: { hostname: staging-app.audifi.io, platform: vercel }
    studio: { hostname: staging-studio.audifi.io }
  backline:proxy: { certificates: cloudflare, trustedProxies: [cloudflare] }
  backline:cloudflare: { zone: member, zoneId: ${zoneId}, apiToken: { secure: "v1:..." }, originPulls: true }
`;
/** AudiFi as a cluster: mail, security headers, WAF and a cache at the edge, on a plan that has them. */
export const cluster = `
config:
  backline:domain: audifi.io
  backline:vercel: { token: { secure: "v1:..." } }
  backline:host: ${host("203.0.113.30")}
  backline:sites:
    home: { platform: vercel, redirectFrom: [www.audifi.io] }
    app: { platform: vercel }
    studio: { hostname: ws.audifi.io }
  backline:proxy:
    certificates: cloudflare
    trustedProxies: [cloudflare]
    hsts: { maxAge: 365d, includeSubDomains: true }
  backline:rateLimits: { address: 600 }
  backline:cloudflare:
    zone: owner
    zoneId: ${zoneId}
    apiToken: { secure: "v1:..." }
    plan: pro
    mail:
      mx: [{ host: mx.sendgrid.net, priority: 10 }]
      spf: { include: [sendgrid.net] }
      dkim: { sendgrid: { target: sendgrid.domainkey.example.net } }
      dmarc: { policy: quarantine, reports: dmarc@audifi.io }
    headers:
      X-Frame-Options: DENY
      X-Content-Type-Options: nosniff
      X-XSS-Protection: "1; mode=block"
      Content-Security-Policy: default-src 'self'
    cache:
      assets: { expression: 'starts_with(http.request.uri.path, "/assets/")', edge: 1d }
`;

/** As the engine gives it; in the file it is encrypted. */
export const withToken = (settings: Settings): Settings =>
  settings.cloudflare === undefined
    ? settings
    : { ...settings, cloudflare: { ...settings.cloudflare, token: new Secret(token) } };

export const registered = (text: string, stack: string): Promise<Registered[]> =>
  registeredBy(
    stack,
    () => {
      const settings = withToken(settingsOf(text, stack));
      const release = { ...releaseOf(settings), frontEnds: { web: prebuilt } };
      return new Platform(settings, release, "/project", []).results;
    },
    { "origin-certificate-key": "the private key", "origin-certificate-request": "the request" },
  );
export const ofType = (all: readonly Registered[], type: string) => all.filter((one) => one.type === type);
export const kinds = (all: readonly Registered[]): Record<string, number> => {
  const types = all.map(({ type }) => type).filter((type) => /cloudflare/.test(type));
  return Object.fromEntries(
    [...new Set(types)].sort().map((type) => [type, types.filter((one) => one === type).length]),
  );
};
export const records = (all: readonly Registered[]) =>
  ofType(all, "cloudflare:index/dnsRecord:DnsRecord")
    .map(({ name, inputs }) => {
      const { name: host, type, content, proxied } = inputs;
      return [name, type, host, content, proxied];
    })
    .sort();
export const inputsOf = (all: readonly Registered[], name: string) =>
  all.find((one) => one.name === name)?.inputs;
