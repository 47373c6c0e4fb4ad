import { beforeAll, describe, expect, it } from "vitest";
import { Secret } from "../../../components/shared/secret";
import { Platform } from "../../../stacks/platform";
import type { Settings } from "../../../stacks/settings";
import { prebuilt } from "../../support/front-end-plans";
import { isSecret, type Registered, registeredBy } from "../../support/mocks";
import { releaseOf, settingsOf } from "../../support/plans";

const zoneId = "0123456789abcdef0123456789abcdef";
const token = "the-token-of-this-test-that-must-not-get-out";
const host = (address: string) => `{
    address: ${address},
    hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT,
    publicKeys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB4Qu6jsnXpJbK6LbTDXdQMnQsDVM38POQ7Q1mfnn408 ops@example.com],
  }`;

/** AudiFi on one host: the zone is production's. */
const production = `
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
const staging = `
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
const cluster = `
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
const withToken = (settings: Settings): Settings =>
  settings.cloudflare === undefined
    ? settings
    : { ...settings, cloudflare: { ...settings.cloudflare, token: new Secret(token) } };

const registered = (text: string, stack: string): Promise<Registered[]> =>
  registeredBy(
    stack,
    () => {
      const settings = withToken(settingsOf(text, stack));
      const release = { ...releaseOf(settings), frontEnds: { web: prebuilt } };
      return new Platform(settings, release, "/project", []).results;
    },
    { "origin-certificate-key": "the private key", "origin-certificate-request": "the request" },
  );
const ofType = (all: readonly Registered[], type: string) => all.filter((one) => one.type === type);
const kinds = (all: readonly Registered[]): Record<string, number> => {
  const types = all.map(({ type }) => type).filter((type) => /cloudflare/.test(type));
  return Object.fromEntries(
    [...new Set(types)].sort().map((type) => [type, types.filter((one) => one === type).length]),
  );
};
const records = (all: readonly Registered[]) =>
  ofType(all, "cloudflare:index/dnsRecord:DnsRecord")
    .map(({ name, inputs }) => {
      const { name: host, type, content, proxied } = inputs;
      return [name, type, host, content, proxied];
    })
    .sort();
const inputsOf = (all: readonly Registered[], name: string) => all.find((one) => one.name === name)?.inputs;

describe("AudiFi's production on one host", () => {
  let all: Registered[] = [];
  beforeAll(async () => {
    all = await registered(production, "production");
  });

  it("registers exactly these kinds and counts", () => {
    expect(kinds(all)).toEqual({
      "cloudflare:index/authenticatedOriginPullsSettings:AuthenticatedOriginPullsSettings": 1,
      "cloudflare:index/dnsRecord:DnsRecord": 4,
      "cloudflare:index/originCaCertificate:OriginCaCertificate": 1,
      "cloudflare:index/ruleset:Ruleset": 1,
      "cloudflare:index/zoneSetting:ZoneSetting": 7,
      "pulumi:providers:cloudflare": 1,
    });
  });

  it("has a record for every site: at Vercel, and on the host through Cloudflare", () => {
    expect(records(all)).toEqual([
      ["dns-api.audifi.io", "A", "api.audifi.io", "203.0.113.20", true],
      ["dns-app.audifi.io", "CNAME", "app.audifi.io", "cname.vercel-dns.com", false],
      ["dns-audifi.io", "A", "audifi.io", "76.76.21.21", false],
      ["dns-studio.audifi.io", "A", "studio.audifi.io", "203.0.113.20", true],
    ]);
    expect(inputsOf(all, "dns-api.audifi.io")).toEqual({
      zoneId,
      name: "api.audifi.io",
      type: "A",
      content: "203.0.113.20",
      proxied: true,
      ttl: 1,
      comment: "Backline, stack production",
    });
  });

  it("sets the zone to Full (strict), TLS 1.2 and more, HTTPS alone, HTTP/3 and HSTS", () => {
    const settings = ofType(all, "cloudflare:index/zoneSetting:ZoneSetting").map(({ name, inputs }) => [
      name,
      inputs,
    ]);
    expect(settings).toEqual([
      ["dns-ssl", { settingId: "ssl", value: "strict", zoneId }],
      ["dns-min-tls-version", { settingId: "min_tls_version", value: "1.2", zoneId }],
      ["dns-tls-1-3", { settingId: "tls_1_3", value: "on", zoneId }],
      ["dns-always-use-https", { settingId: "always_use_https", value: "on", zoneId }],
      ["dns-http3", { settingId: "http3", value: "on", zoneId }],
      ["dns-websockets", { settingId: "websockets", value: "on", zoneId }],
      [
        "dns-security-header",
        {
          settingId: "security_header",
          value: {
            strict_transport_security: {
              enabled: true,
              max_age: 31_536_000,
              include_subdomains: false,
              preload: false,
              nosniff: true,
            },
          },
          zoneId,
        },
      ],
    ]);
    expect(inputsOf(all, "dns-origin-pulls")).toEqual({ enabled: true, zoneId });
  });

  it("limits addresses at the edge, as the services do", () => {
    expect(inputsOf(all, "dns-rate-limits")).toEqual({
      name: "Backline rate-limits",
      kind: "zone",
      phase: "http_ratelimit",
      zoneId,
      rules: [
        {
          ref: "address",
          enabled: true,
          description: "address",
          expression: 'starts_with(http.request.uri.path, "/")',
          action: "block",
          ratelimit: {
            characteristics: ["cf.colo.id", "ip.src"],
            period: 10,
            requestsPerPeriod: 600,
            mitigationTimeout: 10,
          },
        },
      ],
    });
  });

  it("has Cloudflare sign a certificate for the names on the host, whose key is a secret and reaches the proxy", () => {
    expect(inputsOf(all, "origin-certificate-signed")).toEqual({
      csr: "the request",
      hostnames: ["api.audifi.io", "studio.audifi.io"],
      requestType: "origin-ecc",
      requestedValidity: 5_475,
    });
    const request = inputsOf(all, "origin-certificate-request");
    expect([isSecret(request?.stdin), JSON.stringify(request?.stdin)]).toEqual([
      true,
      expect.stringContaining("the private key"),
    ]);
    const encoded = Buffer.from("the private key").toString("base64");
    const holders = all.filter(({ inputs }) => JSON.stringify(inputs).includes(encoded));
    expect(holders.map(({ name, inputs }) => [name, isSecret(inputs.stdin)])).toEqual([
      ["proxy-config", true],
    ]);
    const elsewhere = all.filter(({ inputs }) => JSON.stringify(inputs).includes("the private key"));
    expect(elsewhere.map(({ name }) => name)).toEqual(["origin-certificate-request"]);
  });

  it("gives the token to a provider of its own, as a secret, and to nobody else", () => {
    const holders = all.filter(({ inputs }) => JSON.stringify(inputs).includes(token));
    expect(holders.map(({ type, inputs }) => [type, isSecret(inputs.apiToken)])).toEqual([
      ["pulumi:providers:cloudflare", true],
    ]);
  });
});

describe("AudiFi's staging", () => {
  it("is a member of production's zone: records of its own, and nothing that holds for the zone", async () => {
    const all = await registered(staging, "staging");
    expect(kinds(all)).toEqual({
      "cloudflare:index/dnsRecord:DnsRecord": 4,
      "cloudflare:index/originCaCertificate:OriginCaCertificate": 1,
      "pulumi:providers:cloudflare": 1,
    });
    expect(records(all)).toEqual([
      ["dns-staging-api.audifi.io", "A", "staging-api.audifi.io", "203.0.113.10", true],
      ["dns-staging-app.audifi.io", "CNAME", "staging-app.audifi.io", "cname.vercel-dns.com", false],
      ["dns-staging-studio.audifi.io", "A", "staging-studio.audifi.io", "203.0.113.10", true],
      ["dns-staging.audifi.io", "CNAME", "staging.audifi.io", "cname.vercel-dns.com", false],
    ]);
  });
});

describe("AudiFi as a cluster", () => {
  let all: Registered[] = [];
  beforeAll(async () => {
    all = await registered(cluster, "cluster");
  });

  it("has the records of its table: the domain, www and app at Vercel, api and ws on the host, and mail", () => {
    expect(records(all)).toEqual([
      ["dns-api.audifi.io", "A", "api.audifi.io", "203.0.113.30", true],
      ["dns-app.audifi.io", "CNAME", "app.audifi.io", "cname.vercel-dns.com", false],
      ["dns-audifi.io", "A", "audifi.io", "76.76.21.21", false],
      [
        "dns-dkim-sendgrid",
        "CNAME",
        "sendgrid._domainkey.audifi.io",
        "sendgrid.domainkey.example.net",
        false,
      ],
      [
        "dns-dmarc",
        "TXT",
        "_dmarc.audifi.io",
        '"v=DMARC1; p=quarantine; rua=mailto:dmarc@audifi.io"',
        undefined,
      ],
      ["dns-mx-mx.sendgrid.net", "MX", "audifi.io", "mx.sendgrid.net", undefined],
      ["dns-spf", "TXT", "audifi.io", '"v=spf1 include:sendgrid.net -all"', undefined],
      ["dns-ws.audifi.io", "A", "ws.audifi.io", "203.0.113.30", true],
      ["dns-www.audifi.io", "CNAME", "www.audifi.io", "cname.vercel-dns.com", false],
    ]);
    expect(kinds(all)).toEqual({
      "cloudflare:index/authenticatedOriginPullsSettings:AuthenticatedOriginPullsSettings": 1,
      "cloudflare:index/dnsRecord:DnsRecord": 9,
      "cloudflare:index/originCaCertificate:OriginCaCertificate": 1,
      "cloudflare:index/ruleset:Ruleset": 4,
      "cloudflare:index/zoneSetting:ZoneSetting": 7,
      "pulumi:providers:cloudflare": 1,
    });
  });

  it("sends its security headers from the edge, HSTS for a year with all names below", () => {
    expect(inputsOf(all, "dns-security-header")?.value).toEqual({
      strict_transport_security: {
        enabled: true,
        max_age: 31_536_000,
        include_subdomains: true,
        preload: false,
        nosniff: true,
      },
    });
    expect(inputsOf(all, "dns-headers")).toEqual({
      name: "Backline headers",
      kind: "zone",
      phase: "http_response_headers_transform",
      zoneId,
      rules: [
        {
          ref: "headers",
          enabled: true,
          description: "Headers of every answer",
          expression: 'starts_with(http.request.uri.path, "/")',
          action: "rewrite",
          actionParameters: {
            headers: {
              "X-Frame-Options": { operation: "set", value: "DENY" },
              "X-Content-Type-Options": { operation: "set", value: "nosniff" },
              "X-XSS-Protection": { operation: "set", value: "1; mode=block" },
              "Content-Security-Policy": { operation: "set", value: "default-src 'self'" },
            },
          },
        },
      ],
    });
  });

  it("has one rule set a phase: managed rules, limits, caching, headers", () => {
    const sets = ofType(all, "cloudflare:index/ruleset:Ruleset").map(({ name, inputs }) => [
      name,
      inputs.phase,
    ]);
    expect(sets.sort()).toEqual([
      ["dns-cache", "http_request_cache_settings"],
      ["dns-headers", "http_response_headers_transform"],
      ["dns-managed-rules", "http_request_firewall_managed"],
      ["dns-rate-limits", "http_ratelimit"],
    ]);
  });
});

describe("a stack without settings of Cloudflare", () => {
  it("registers nothing there", async () => {
    const dev =
      "config:\n  backline:proxy: { httpPort: 8080, httpsPort: 8443, certificates: internal }\n  backline:cloudflare: {}\n";
    const all = await registered(dev, "dev");
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter(({ type, name }) => /cloudflare|dns/i.test(type + name))).toEqual([]);
  });
});

describe("a zone that is not there yet", () => {
  it("is made in the account, and stays when the stack goes", async () => {
    const account = "fedcba9876543210fedcba9876543210";
    const all = await registered(
      production.replace(`zoneId: ${zoneId}`, `accountId: ${account}`),
      "production",
    );
    expect(inputsOf(all, "dns-zone")).toEqual({ name: "audifi.io", account: { id: account }, type: "full" });
    expect(inputsOf(all, "dns-api.audifi.io")?.zoneId).toBe("dns-zone-id");
  });
});
