import { describe, expect, it } from "vitest";
import type { DnsPlanArgs, ZoneRules } from "../../../../components/dns/args";
import { planDns } from "../../../../components/dns/plan";
import { dnsArgs } from "../../../support/dns-args";

const owned = (rules: Partial<ZoneRules>, more: Partial<DnsPlanArgs> = {}) =>
  planDns(dnsArgs({ ...more, rules: { ...dnsArgs().rules, ...rules } })).owned;
const sets = (rules: Partial<ZoneRules>, more: Partial<DnsPlanArgs> = {}) => owned(rules, more)?.rulesets;
const expression = 'starts_with(http.request.uri.path, "/admin")';

describe("the rule sets of a zone", () => {
  it("are none where there is no rule", () => {
    expect(sets({})).toEqual([]);
  });

  it("are one a phase", () => {
    const all = sets(
      {
        block: ["198.51.100.0/24", "2001:db8::/32"],
        firewall: { admin: { expression, action: "managed_challenge" } },
        rateLimits: { login: { expression, requests: 5, period: 60, timeout: 600 } },
        cache: {
          files: { expression, edge: 86_400, browser: 3_600 },
          private: { expression, edge: 0, browser: undefined },
        },
        redirects: [{ from: "old.example.com", to: "example.com", permanent: true }],
        headers: { "X-Frame-Options": "DENY" },
      },
      { plan: "pro", requestsPerAddress: 600 },
    );
    expect(all?.map(({ key, phase, rules }) => [key, phase, rules.length])).toEqual([
      ["redirects", "http_request_dynamic_redirect", 1],
      ["firewall", "http_request_firewall_custom", 2],
      ["managed-rules", "http_request_firewall_managed", 2],
      ["rate-limits", "http_ratelimit", 2],
      ["cache", "http_request_cache_settings", 2],
      ["headers", "http_response_headers_transform", 1],
    ]);
    expect(all?.[1]?.rules).toEqual([
      {
        ref: "block",
        enabled: true,
        description: "Ranges that are refused",
        expression: "ip.src in {198.51.100.0/24 2001:db8::/32}",
        action: "block",
      },
      { ref: "admin", enabled: true, description: "admin", expression, action: "managed_challenge" },
    ]);
    expect(all?.[3]?.rules[0]).toEqual({
      ref: "login",
      enabled: true,
      description: "login",
      expression,
      action: "block",
      ratelimit: {
        characteristics: ["cf.colo.id", "ip.src"],
        period: 60,
        requestsPerPeriod: 5,
        mitigationTimeout: 600,
      },
    });
    expect(all?.[4]?.rules.map(({ actionParameters }) => actionParameters)).toEqual([
      {
        cache: true,
        edgeTtl: { mode: "override_origin", default: 86_400 },
        browserTtl: { mode: "override_origin", default: 3_600 },
      },
      { cache: false },
    ]);
  });

  it("refuse an address by the minute what the services refuse it, or a plan's shorter time", () => {
    const limit = (plan: DnsPlanArgs["plan"]) => sets({}, { plan, requestsPerAddress: 600 })?.at(-1)?.rules;
    expect(limit("free")).toEqual([
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
    ]);
    expect(limit("business")).toMatchObject([{ ratelimit: { period: 60, mitigationTimeout: 60 } }]);
  });

  it("have Cloudflare's managed rules where the plan has them and they are wanted", () => {
    const managed = (plan: DnsPlanArgs["plan"], wanted: boolean) =>
      sets({ managed: wanted }, { plan })?.map(({ key }) => key);
    expect(managed("free", true)).toEqual([]);
    expect(managed("pro", true)).toEqual(["managed-rules"]);
    expect(managed("pro", false)).toEqual([]);
    expect(sets({}, { plan: "pro" })?.[0]?.rules).toEqual([
      {
        ref: "cloudflare-managed",
        enabled: true,
        description: "Cloudflare Managed Ruleset",
        expression: "true",
        action: "execute",
        actionParameters: { id: "efb7b8c949ac4650a09736fc376e9aee" },
      },
      {
        ref: "owasp-core",
        enabled: true,
        description: "Cloudflare OWASP Core Ruleset",
        expression: "true",
        action: "execute",
        actionParameters: { id: "4814384a9e5d4991b9815dcfc25d2f1f" },
      },
    ]);
  });

  it("keep path and query of what they redirect", () => {
    const redirects = [{ from: "old.example.com", to: "example.com", permanent: false }];
    expect(sets({ redirects })?.[0]?.rules).toEqual([
      {
        ref: "old.example.com",
        enabled: true,
        description: "old.example.com to example.com",
        expression: 'http.host eq "old.example.com"',
        action: "redirect",
        actionParameters: {
          fromValue: {
            statusCode: 307,
            preserveQueryString: true,
            targetUrl: { expression: 'concat("https://example.com", http.request.uri.path)' },
          },
        },
      },
    ]);
  });
});

describe("a member of a zone", () => {
  it("has records and nothing that holds for the zone", () => {
    const plan = planDns(dnsArgs({ role: "member", requestsPerAddress: 600 }));
    expect(plan.owned).toBeUndefined();
    expect(plan.records.map(({ key }) => key)).toEqual(["api.example.com"]);
  });
});
