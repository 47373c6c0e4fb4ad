import { describe, expect, it } from "vitest";
import { zoneErrors } from "../../support/cloudflare-settings";

const path = 'starts_with(http.request.uri.path, "/login")';
const limit = { expression: path, requests: 5, period: "10s" };
const rule = (expression: string) => ({ waf: { rules: { x: { expression, action: "block" } } } });
const many = <T>(count: number, value: T): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, value]));

describe("a rule of a zone", () => {
  it.each([
    [
      "an empty expression",
      rule(" "),
      ['waf.rules.x.expression: is empty; write one such as starts_with(http.request.uri.path, "/admin")'],
    ],
    [
      "a line break in it",
      rule("a\nb"),
      ["waf.rules.x.expression: has a line break or a control character in it; write one line"],
    ],
    [
      "an open text",
      rule('http.host eq "x'),
      ['waf.rules.x.expression: has a text without its closing quote; add the "'],
    ],
    [
      "an open bracket",
      rule('(http.host eq ")"'),
      ['waf.rules.x.expression: has a "(" without its ")"; remove it or add the other'],
    ],
    [
      "a bracket too many",
      rule("true)("),
      ['waf.rules.x.expression: has a ")" without its "("; remove it or add the other'],
    ],
    [
      "an endless expression",
      rule("a".repeat(4_097)),
      ["waf.rules.x.expression: has 4097 characters; write 4096 at most"],
    ],
    [
      "a name that is none",
      { cache: { "A b": { expression: path } } },
      [
        'cache.A b: "A b" cannot be part of a resource\'s name; write lower-case letters, digits and inner hyphens, at most 40',
      ],
    ],
    [
      "an action that does not exist",
      { waf: { rules: { x: { expression: path, action: "drop" } } } },
      [
        'waf.rules.x.action: "drop" is not a choice; write "block" or "challenge" or "js_challenge" or "managed_challenge" or "log"',
      ],
    ],
    [
      "an action of another plan",
      { waf: { rules: { x: { expression: path, action: "log" } } } },
      [
        'waf.rules.x.action: "log" is for the plan enterprise alone, and the plan is free; write another action',
      ],
    ],
    [
      "managed rules that the plan lacks",
      { waf: { managed: true } },
      [
        "waf.managed: the plan free has no managed rules but those that Cloudflare applies by itself; remove it, or write the plan that the zone has in cloudflare.plan",
      ],
    ],
    [
      "more rules than the plan has",
      { waf: { block: ["198.51.100.0/24"], rules: many(5, { expression: path, action: "block" }) } },
      [
        "waf.rules: there are 6 rules, the one of waf.block among them, and the plan free has 5; write fewer, or the plan that the zone has in cloudflare.plan",
      ],
    ],
    [
      "more rules for the cache than the plan has",
      { cache: many(11, { expression: path }) },
      [
        "cache: there are 11 rules, and the plan free has 10; write fewer, or the plan that the zone has in cloudflare.plan",
      ],
    ],
    [
      "a plan that does not exist",
      { plan: "gold" },
      ['plan: "gold" is not a choice; write "free" or "pro" or "business" or "enterprise"'],
    ],
    [
      "a range with a typo",
      { waf: { block: ["198.51.100/24"] } },
      [
        'waf.block.0: "198.51.100/24" is not a range of addresses; write one such as "203.0.113.0/24" or "203.0.113.7/32"',
      ],
    ],
    [
      "a range with host bits",
      { waf: { block: ["198.51.100.7/24"] } },
      [
        'waf.block.0: "198.51.100.7/24" has bits behind its prefix; write "198.51.100.0/24" for the range or "198.51.100.7/32" for the one address',
      ],
    ],
    [
      "a range without a prefix",
      { waf: { block: ["198.51.100.7"] } },
      ['waf.block.0: "198.51.100.7" has no prefix length; write "198.51.100.7/32" for the one address'],
    ],
    [
      "a range in another",
      { waf: { block: ["198.51.100.0/24", "198.51.100.7/32"] } },
      ['waf.block.1: "198.51.100.7/32" is already in "198.51.100.0/24"; remove it'],
    ],
    [
      "every address",
      { waf: { block: ["0.0.0.0/0"] } },
      ['waf.block.0: "0.0.0.0/0" is every address; write the addresses that are to be refused alone'],
    ],
  ])("is refused with %s", (_, cloudflare, messages) => {
    expect(zoneErrors(cloudflare)).toEqual(messages);
  });

  it("is taken with brackets and quotes in texts", () => {
    expect(zoneErrors(rule('(http.host eq "a\\")b" and ip.src in {203.0.113.0/24})'))).toEqual([]);
  });
});

describe("a limit at the edge", () => {
  it("counts over times that the plan has", () => {
    const rateLimits = { x: { ...limit, period: "1m", timeout: "7s" } };
    expect(zoneErrors({ rateLimits })).toEqual([
      'rateLimits.x.period: "60s" is none of the times that the plan free has; write 10s',
      'rateLimits.x.timeout: "7s" is none of the times that the plan free has; write 10s',
    ]);
    expect(zoneErrors({ plan: "pro", rateLimits })).toEqual([
      'rateLimits.x.timeout: "7s" is none of the times that the plan pro has; write 10s, 15s, 20s, 30s, 40s, 45s, 60s, 90s, 120s, 180s, 240s, 300s, 480s, 600s, 900s, 1200s, 1800s, 2400s, 3600s',
    ]);
    expect(zoneErrors({ plan: "pro", rateLimits: { x: { ...limit, period: "1m", timeout: "1h" } } })).toEqual(
      [],
    );
  });

  it("looks at fields that the plan has", () => {
    const rateLimits = { x: { ...limit, expression: 'http.host eq "ip.src" and true' } };
    expect(zoneErrors({ rateLimits })).toEqual([
      "rateLimits.x.expression: looks at http.host, and the plan free lets a limit look at http.request.uri.path and cf.client.bot alone; write one with these",
    ]);
    expect(zoneErrors({ plan: "pro", rateLimits })).toEqual([]);
  });

  it("is one of as many as the plan has, with the one that follows from the services' limit", () => {
    expect(zoneErrors({ rateLimits: { x: limit } })).toEqual([]);
    expect(zoneErrors({ rateLimits: { x: limit } }, { address: 600 })).toEqual([
      "rateLimits: there are 2 limits, the one of rateLimits.address among them, and the plan free has 1; write fewer, or the plan that the zone has in cloudflare.plan",
    ]);
    expect(zoneErrors({ rateLimits: many(2, limit) })).toEqual([
      "rateLimits: there are 2 limits, and the plan free has 1; write fewer, or the plan that the zone has in cloudflare.plan",
    ]);
  });
});

describe("a redirect at the edge", () => {
  it.each([
    [
      "of another zone",
      [{ from: "example.org", to: "example.com" }],
      [
        'redirects.0.from: "example.org" is not in the zone example.com; redirect it in the stack that owns its zone',
      ],
    ],
    [
      "to itself",
      [{ from: "old.example.com", to: "old.example.com" }],
      [
        "redirects.0.to: leads in a circle: old.example.com -> old.example.com; end it at a host that is not redirected",
      ],
    ],
    [
      "in a circle",
      [
        { from: "a.example.com", to: "b.example.com" },
        { from: "b.example.com", to: "a.example.com" },
      ],
      [
        "redirects.0.to: leads in a circle: a.example.com -> b.example.com -> a.example.com; end it at a host that is not redirected",
        "redirects.1.to: leads in a circle: b.example.com -> a.example.com -> b.example.com; end it at a host that is not redirected",
      ],
    ],
    [
      "of a site",
      [{ from: "api.example.com", to: "example.com" }],
      [
        'redirects.0.from: "api.example.com" is already the host name of sites.api.hostname; remove one of them, or write further addresses of the host in cloudflare.addresses',
      ],
    ],
    [
      "that is there twice",
      [
        { from: "a.example.com", to: "example.com" },
        { from: "a.example.com", to: "example.net" },
      ],
      ["redirects.1.from: is the same record as cloudflare.redirects.0.from; remove one of them"],
    ],
    [
      "with a scheme",
      [{ from: "a.example.com", to: "https://example.com/" }],
      ['redirects.0.to: "https://example.com/" has a scheme; write the name alone: "example.com"'],
    ],
  ])("is refused %s", (_, redirects, messages) => {
    expect(zoneErrors({ redirects })).toEqual(messages);
  });
});

describe("a header at the edge", () => {
  it.each([
    [
      "HSTS",
      { "Strict-Transport-Security": "max-age=1" },
      ["headers.Strict-Transport-Security: follows from proxy.hsts; remove it here"],
    ],
    ["one of Cloudflare's", { "CF-Ray": "1" }, ["headers.CF-Ray: is Cloudflare's own; remove it"]],
    [
      "a cookie",
      { "Set-Cookie": "a=b" },
      ["headers.Set-Cookie: cannot be the same in every answer; remove it"],
    ],
    [
      "a name with a blank",
      { "X A": "b" },
      ['headers.X A: "X A" is not the name of a header; write one such as "X-Frame-Options"'],
    ],
    [
      "a line break",
      { "X-A": "b\r\nX-B: c" },
      ["headers.X-A: is not the value of a header; write one line of ASCII without blanks around it"],
    ],
    [
      "nothing",
      { "X-A": "" },
      ["headers.X-A: is not the value of a header; write one line of ASCII without blanks around it"],
    ],
  ])("is refused: %s", (_, headers, messages) => {
    expect(zoneErrors({ headers })).toEqual(messages);
  });
});
