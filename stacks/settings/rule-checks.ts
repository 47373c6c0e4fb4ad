import type { ZonePlan } from "../../components/dns/args";
import { type PlanLimits, planLimits, rateLimitPeriods } from "../../components/dns/plan-limits";
import type { Finding } from "./checks";
import type { CloudflareConfig } from "./cloudflare-fields";
import { featuresOf } from "./features";
import { ruleNameFault } from "./record-checks";
import type { StackConfig } from "./schema";

type Config = NonNullable<CloudflareConfig>;

const found = (code: Finding["code"], path: string, message: string): Finding => ({ code, path, message });

/** What is wrong with an expression as text; Cloudflare alone knows every field and function. */
export function expressionFault(text: string): string | undefined {
  if (text.trim() === "") return 'is empty; write one such as starts_with(http.request.uri.path, "/admin")';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text))
    return "has a line break or a control character in it; write one line";
  if (text.length > 4_096) return `has ${text.length} characters; write 4096 at most`;
  const withoutText = text.replace(/"(\\.|[^"\\])*"/g, "");
  if (withoutText.includes('"')) return 'has a text without its closing quote; add the "';
  let depth = 0;
  for (const character of withoutText) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth < 0) return 'has a ")" without its "("; remove it or add the other';
  }
  return depth > 0 ? 'has a "(" without its ")"; remove it or add the other' : undefined;
}

/** Names and expressions of one group of rules. */
function checkEach(
  group: string,
  rules: Readonly<Record<string, { readonly expression: string }>>,
): Finding[] {
  return Object.entries(rules).flatMap(([name, { expression }]) => {
    const path = `cloudflare.${group}.${name}`;
    const nameFault = ruleNameFault(name);
    const fault = expressionFault(expression);
    return [
      ...(nameFault === undefined ? [] : [found("name", path, nameFault)]),
      ...(fault === undefined ? [] : [found("ruleset", `${path}.expression`, fault)]),
    ];
  });
}

const tooMany = (path: string, count: number, most: number, plan: ZonePlan, noun: string): Finding[] =>
  count <= most
    ? []
    : [
        found(
          "ruleset",
          path,
          `there are ${count} ${noun}, and the plan ${plan} has ${most}; write fewer, or the plan that the zone has in cloudflare.plan`,
        ),
      ];

/** Fields that the plan `free` lets a rate limit look at. */
const freeFields = ["http.request.uri.path", "cf.client.bot"];

function rateLimitFaults(config: Config, plan: ZonePlan, limits: PlanLimits, followed: number): Finding[] {
  const rules = config.rateLimits ?? {};
  const count = Object.keys(rules).length + followed;
  const times = (longest: number) =>
    rateLimitPeriods.filter((time) => time <= longest).map((time) => `${time}s`);
  return [
    ...tooMany(
      "cloudflare.rateLimits",
      count,
      limits.rateLimits,
      plan,
      followed === 0 ? "limits" : "limits, the one of rateLimits.address among them",
    ),
    ...Object.entries(rules).flatMap(([name, { expression, period, timeout }]) => {
      const path = `cloudflare.rateLimits.${name}`;
      const time = (key: string, value: number | undefined, longest: number) =>
        value === undefined || times(longest).includes(`${value}s`)
          ? []
          : [
              found(
                "ruleset",
                `${path}.${key}`,
                `"${value}s" is none of the times that the plan ${plan} has; write ${times(longest).join(", ")}`,
              ),
            ];
      const fields =
        expression.replace(/"(\\.|[^"\\])*"/g, "").match(/\b(http|ip|cf|ssl|raw)\.[a-z0-9_.]+/g) ?? [];
      const foreign = fields.find((field) => !freeFields.includes(field));
      return [
        ...time("period", period, limits.period),
        ...time("timeout", timeout, limits.timeout),
        ...(plan === "free" && foreign !== undefined
          ? [
              found(
                "ruleset",
                `${path}.expression`,
                `looks at ${foreign}, and the plan free lets a limit look at ${freeFields.join(" and ")} alone; write one with these`,
              ),
            ]
          : []),
      ];
    }),
  ];
}

/** Headers that Cloudflare or a setting of its own is in charge of. */
const takenHeaders: Readonly<Record<string, string>> = {
  "strict-transport-security": "follows from proxy.hsts; remove it here",
  "content-length": "is not for anybody to set; remove it",
  "transfer-encoding": "is not for anybody to set; remove it",
  connection: "is not for anybody to set; remove it",
  "set-cookie": "cannot be the same in every answer; remove it",
};

function headerFaults(headers: Readonly<Record<string, string>>): Finding[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const path = `cloudflare.headers.${name}`;
    const taken =
      takenHeaders[name.toLowerCase()] ?? (/^cf-/i.test(name) ? "is Cloudflare's own; remove it" : undefined);
    if (!/^[A-Za-z0-9-]+$/.test(name))
      return [
        found("format", path, `"${name}" is not the name of a header; write one such as "X-Frame-Options"`),
      ];
    if (taken !== undefined) return [found("ruleset", path, taken)];
    return /^[ -~]{1,2000}$/.test(value) && value.trim() === value
      ? []
      : [
          found(
            "format",
            path,
            "is not the value of a header; write one line of ASCII without blanks around it",
          ),
        ];
  });
}

function redirectFaults(config: Config, zone: string): Finding[] {
  const redirects = config.redirects ?? [];
  return redirects.flatMap(({ from, to }, index) => {
    const path = `cloudflare.redirects.${index}`;
    if (from !== zone && !from.endsWith(`.${zone}`))
      return [
        found(
          "domain",
          `${path}.from`,
          `"${from}" is not in the zone ${zone}; redirect it in the stack that owns its zone`,
        ),
      ];
    const way = [from];
    for (let host: string | undefined = to; host !== undefined; ) {
      if (way.includes(host))
        return host === from
          ? [
              found(
                "redirect",
                `${path}.to`,
                `leads in a circle: ${[...way, host].join(" -> ")}; end it at a host that is not redirected`,
              ),
            ]
          : [];
      way.push(host);
      const here: string = host;
      host = redirects.find((other) => other.from === here)?.to;
    }
    return [];
  });
}

/** What is wrong with the rules of a zone, and which of them its plan does not have. */
export function checkRules(stack: StackConfig, config: Config, zone: string, plan: ZonePlan): Finding[] {
  const limits = planLimits[plan];
  const { waf, rateLimits = {}, cache = {}, redirects = [], headers = {} } = config;
  const firewall = waf?.rules ?? {};
  const block = (waf?.block?.length ?? 0) > 0 ? 1 : 0;
  const followed = config.zone === "owner" && featuresOf(stack).rateLimits.address > 0 ? 1 : 0;
  return [
    ...checkEach("waf.rules", firewall),
    ...tooMany(
      "cloudflare.waf.rules",
      Object.keys(firewall).length + block,
      limits.firewall,
      plan,
      block === 0 ? "rules" : "rules, the one of waf.block among them",
    ),
    ...Object.entries(firewall)
      .filter(([, { action }]) => action === "log" && !limits.log)
      .map(([name]) =>
        found(
          "ruleset",
          `cloudflare.waf.rules.${name}.action`,
          `"log" is for the plan enterprise alone, and the plan is ${plan}; write another action`,
        ),
      ),
    ...(waf?.managed === true && !limits.managed
      ? [
          found(
            "ruleset",
            "cloudflare.waf.managed",
            "the plan free has no managed rules but those that Cloudflare applies by itself; remove it, or write the plan that the zone has in cloudflare.plan",
          ),
        ]
      : []),
    ...checkEach("rateLimits", rateLimits),
    ...rateLimitFaults(config, plan, limits, followed),
    ...checkEach("cache", cache),
    ...tooMany("cloudflare.cache", Object.keys(cache).length, limits.cache, plan, "rules"),
    ...redirectFaults(config, zone),
    ...tooMany("cloudflare.redirects", redirects.length, limits.redirects, plan, "redirects"),
    ...headerFaults(headers),
  ];
}
