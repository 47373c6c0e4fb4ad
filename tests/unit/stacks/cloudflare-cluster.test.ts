import { beforeAll, describe, expect, it } from "vitest";
import {
  cluster,
  inputsOf,
  kinds,
  ofType,
  production,
  records,
  registered,
  zoneId,
} from "../../support/cloudflare-stacks";
import type { Registered } from "../../support/mocks";

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
