import type * as cloudflare from "@pulumi/cloudflare";
import type { CacheRule, DnsPlanArgs, EdgeRedirect, RateLimitRule } from "./args";
import { periodOf, planLimits } from "./plan-limits";

type Rule = cloudflare.types.input.RulesetRule;

/** The rules of one phase; a zone has one such set a phase. */
export interface RulesetPlan {
  readonly key: "headers" | "cache" | "firewall" | "managed-rules" | "rate-limits" | "redirects";
  readonly phase:
    | "http_request_dynamic_redirect"
    | "http_request_firewall_custom"
    | "http_request_firewall_managed"
    | "http_ratelimit"
    | "http_request_cache_settings"
    | "http_response_headers_transform";
  readonly rules: readonly Rule[];
}

/** Cloudflare's own rule sets: https://developers.cloudflare.com/waf/managed-rules */
const managedRulesets = [
  {
    ref: "cloudflare-managed",
    id: "efb7b8c949ac4650a09736fc376e9aee",
    description: "Cloudflare Managed Ruleset",
  },
  { ref: "owasp-core", id: "4814384a9e5d4991b9815dcfc25d2f1f", description: "Cloudflare OWASP Core Ruleset" },
] as const;

/** Every request, in words that each plan has for each kind of rule. */
const everything = 'starts_with(http.request.uri.path, "/")';

/** Text in an expression. */
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, "\\$&")}"`;

/**
 * `ref` names a rule from one version of its set to the next; without it Cloudflare would give every rule a new id with
 * each change, and its counters would begin anew.
 */
const rule = (ref: string, rest: Omit<Rule, "ref" | "enabled">): Rule => ({ ref, enabled: true, ...rest });

const redirectRule = ({ from, to, permanent }: EdgeRedirect): Rule =>
  rule(from, {
    description: `${from} to ${to}`,
    expression: `http.host eq ${quoted(from)}`,
    action: "redirect",
    actionParameters: {
      fromValue: {
        statusCode: permanent ? 308 : 307,
        preserveQueryString: true,
        targetUrl: { expression: `concat(${quoted(`https://${to}`)}, http.request.uri.path)` },
      },
    },
  });

const rateLimitRule = (name: string, { expression, requests, period, timeout }: RateLimitRule): Rule =>
  rule(name, {
    description: name,
    expression,
    action: "block",
    ratelimit: {
      // Cloudflare counts in each of its data centres by itself.
      characteristics: ["cf.colo.id", "ip.src"],
      period,
      requestsPerPeriod: requests,
      mitigationTimeout: timeout,
    },
  });

/**
 * What the services refuse by address is refused before it comes to them. Where a plan counts over less than a minute,
 * the minute's requests may come in that time: the edge never refuses what the services would take.
 */
const addressLimit = ({ requestsPerAddress, plan }: DnsPlanArgs): Rule[] =>
  requestsPerAddress === 0
    ? []
    : [
        rateLimitRule("address", {
          expression: everything,
          requests: requestsPerAddress,
          period: periodOf(plan),
          timeout: periodOf(plan),
        }),
      ];

function cacheRule(name: string, { expression, edge, browser }: CacheRule): Rule {
  const cached = edge !== 0;
  return rule(name, {
    description: name,
    expression,
    action: "set_cache_settings",
    actionParameters: {
      cache: cached,
      ...(cached && edge !== undefined ? { edgeTtl: { mode: "override_origin", default: edge } } : {}),
      ...(browser === undefined ? {} : { browserTtl: { mode: "override_origin", default: browser } }),
    },
  });
}

const headersRule = (headers: Readonly<Record<string, string>>): Rule =>
  rule("headers", {
    description: "Headers of every answer",
    expression: everything,
    action: "rewrite",
    actionParameters: {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, { operation: "set", value }]),
      ),
    },
  });

/** The rule sets of a zone, one a phase; a phase without a rule has none. */
export function planRulesets(args: DnsPlanArgs): RulesetPlan[] {
  const { rules, plan } = args;
  const sets: RulesetPlan[] = [
    {
      key: "redirects",
      phase: "http_request_dynamic_redirect",
      rules: rules.redirects.map(redirectRule),
    },
    {
      key: "firewall",
      phase: "http_request_firewall_custom",
      rules: [
        ...(rules.block.length === 0
          ? []
          : [
              rule("block", {
                description: "Ranges that are refused",
                expression: `ip.src in {${rules.block.join(" ")}}`,
                action: "block",
              }),
            ]),
        ...Object.entries(rules.firewall).map(([name, { expression, action }]) =>
          rule(name, { description: name, expression, action }),
        ),
      ],
    },
    {
      key: "managed-rules",
      phase: "http_request_firewall_managed",
      rules:
        rules.managed && planLimits[plan].managed
          ? managedRulesets.map(({ ref, id, description }) =>
              rule(ref, { description, expression: "true", action: "execute", actionParameters: { id } }),
            )
          : [],
    },
    {
      key: "rate-limits",
      phase: "http_ratelimit",
      rules: [
        ...Object.entries(rules.rateLimits).map(([name, limit]) => rateLimitRule(name, limit)),
        ...addressLimit(args),
      ],
    },
    {
      key: "cache",
      phase: "http_request_cache_settings",
      rules: Object.entries(rules.cache).map(([name, cache]) => cacheRule(name, cache)),
    },
    {
      key: "headers",
      phase: "http_response_headers_transform",
      rules: Object.keys(rules.headers).length === 0 ? [] : [headersRule(rules.headers)],
    },
  ];
  return sets.filter((set) => set.rules.length > 0);
}
