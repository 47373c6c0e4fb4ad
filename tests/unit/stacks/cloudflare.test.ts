import { beforeAll, describe, expect, it } from "vitest";
import {
  inputsOf,
  kinds,
  ofType,
  production,
  records,
  registered,
  staging,
  token,
  zoneId,
} from "../../support/cloudflare-stacks";
import { isSecret, type Registered } from "../../support/mocks";

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

describe("a stack without settings of Cloudflare", () => {
  it("registers nothing there", async () => {
    const dev =
      "config:\n  backline:proxy: { httpPort: 8080, httpsPort: 8443, certificates: internal }\n  backline:cloudflare: {}\n";
    const all = await registered(dev, "dev");
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter(({ type, name }) => /cloudflare|dns/i.test(type + name))).toEqual([]);
  });
});
