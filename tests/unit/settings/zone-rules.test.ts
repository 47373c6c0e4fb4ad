import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../components/shared/errors";
import { loadFromFile, resolve } from "../../../stacks/settings";
import { secrets } from "../../support/resolution";

const zoneId = "0123456789abcdef0123456789abcdef";
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT";

/** What is wrong with the keys of an owner of example.com. */
function errors(cloudflare: Record<string, unknown>, rateLimits: Record<string, unknown> = { address: 0 }) {
  const values = {
    domain: "example.com",
    host: { address: "203.0.113.20", hostKey: publicKey, publicKeys: [publicKey] },
    proxy: { certificates: "cloudflare", trustedProxies: ["cloudflare"] },
    rateLimits,
    secrets,
    cloudflare: { zone: "owner", zoneId, apiToken: "[encrypted]", ...cloudflare },
  };
  const result = resolve(
    { stack: "production", file: "Pulumi.production.yaml", values, plainSecrets: [] },
    { missing: "error" },
  );
  return result.ok
    ? []
    : result.errors.map((problem) =>
        formatProblem(problem).replace("Pulumi.production.yaml: cloudflare.", ""),
      );
}

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
    expect(errors(cloudflare)).toEqual(messages);
  });

  it("is taken with brackets and quotes in texts", () => {
    expect(errors(rule('(http.host eq "a\\")b" and ip.src in {203.0.113.0/24})'))).toEqual([]);
  });
});

describe("a limit at the edge", () => {
  it("counts over times that the plan has", () => {
    const rateLimits = { x: { ...limit, period: "1m", timeout: "7s" } };
    expect(errors({ rateLimits })).toEqual([
      'rateLimits.x.period: "60s" is none of the times that the plan free has; write 10s',
      'rateLimits.x.timeout: "7s" is none of the times that the plan free has; write 10s',
    ]);
    expect(errors({ plan: "pro", rateLimits })).toEqual([
      'rateLimits.x.timeout: "7s" is none of the times that the plan pro has; write 10s, 15s, 20s, 30s, 40s, 45s, 60s, 90s, 120s, 180s, 240s, 300s, 480s, 600s, 900s, 1200s, 1800s, 2400s, 3600s',
    ]);
    expect(errors({ plan: "pro", rateLimits: { x: { ...limit, period: "1m", timeout: "1h" } } })).toEqual([]);
  });

  it("looks at fields that the plan has", () => {
    const rateLimits = { x: { ...limit, expression: 'http.host eq "ip.src" and true' } };
    expect(errors({ rateLimits })).toEqual([
      "rateLimits.x.expression: looks at http.host, and the plan free lets a limit look at http.request.uri.path and cf.client.bot alone; write one with these",
    ]);
    expect(errors({ plan: "pro", rateLimits })).toEqual([]);
  });

  it("is one of as many as the plan has, with the one that follows from the services' limit", () => {
    expect(errors({ rateLimits: { x: limit } })).toEqual([]);
    expect(errors({ rateLimits: { x: limit } }, { address: 600 })).toEqual([
      "rateLimits: there are 2 limits, the one of rateLimits.address among them, and the plan free has 1; write fewer, or the plan that the zone has in cloudflare.plan",
    ]);
    expect(errors({ rateLimits: many(2, limit) })).toEqual([
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
    expect(errors({ redirects })).toEqual(messages);
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
    expect(errors({ headers })).toEqual(messages);
  });
});

describe("mail", () => {
  const server = { host: "mx.example.net", priority: 10 };
  it.each([
    [
      "a server by its URL",
      { mx: [{ host: "https://mx.example.net", priority: 10 }] },
      ['mail.mx.0.host: "https://mx.example.net" has a scheme; write the name alone: "mx.example.net"'],
    ],
    [
      "a server twice",
      { mx: [server, { ...server, priority: 20 }] },
      ["mail.mx.1.host: is the same record as cloudflare.mail.mx.0.host; remove one of them"],
    ],
    [
      "a priority out of range",
      { mx: [{ ...server, priority: -1 }] },
      ["mail.mx.0.priority: -1 is out of range; write a whole number from 0 to 65535"],
    ],
    [
      "senders that nobody looks up",
      { spf: { include: Array.from({ length: 11 }, (_, index) => `s${index}.example.net`) } },
      ["mail.spf.include: has 11 names, and receivers look up 10 at most; write fewer, or ranges in spf.ip"],
    ],
    [
      "a sender's range with host bits",
      { spf: { ip: ["203.0.113.7/24"] } },
      [
        'mail.spf.ip.0: "203.0.113.7/24" has bits behind its prefix; write "203.0.113.0/24" for the range or "203.0.113.7/32" for the one address',
      ],
    ],
    [
      "a key of two kinds",
      { dkim: { s1: { target: "a.example.net", key: "A".repeat(40) } } },
      ["mail.dkim.s1: needs target or key, one of the two; write the one that the sender gives out"],
    ],
    [
      "a key with what stands before it",
      { dkim: { s1: { key: `v=DKIM1; p=${"A".repeat(40)}` } } },
      ['mail.dkim.s1.key: is not a public key in Base64; write what stands after "p=", without blanks'],
    ],
    [
      "a selector that is none",
      { dkim: { "s 1": { target: "a.example.net" } } },
      ['mail.dkim.s 1: "s 1" is not a selector; write lower-case letters, digits and inner hyphens'],
    ],
    [
      "a percentage over 100",
      { dmarc: { percent: 101 } },
      ["mail.dmarc.percent: 101 is out of range; write a whole number from 0 to 100"],
    ],
    [
      "reports to nowhere",
      { dmarc: { reports: "example.com" } },
      ['mail.dmarc.reports: "example.com" is not an email; write "name@example.com"'],
    ],
    [
      "a second SPF record",
      { spf: {} },
      [
        'records.spf: is a second SPF record of "example.com" beside cloudflare.mail.spf, and receivers take neither; remove one of them',
      ],
    ],
  ])("is refused with %s", (_, mail, messages) => {
    const records =
      "spf" in mail && Object.keys(mail.spf ?? {}).length === 0
        ? { spf: { type: "TXT", name: "@", content: "v=spf1 ~all" } }
        : {};
    expect(errors({ mail, records })).toEqual(messages);
  });
});

describe("the owners of zones", () => {
  it("are read from the files of the other stacks", () => {
    const directory = mkdtempSync(join(tmpdir(), "backline-zones-"));
    const write = (stack: string, text: string) =>
      writeFileSync(join(directory, `Pulumi.${stack}.yaml`), text);
    try {
      write(
        "production",
        "config:\n  backline:domain: example.com\n  backline:cloudflare: { zone: owner }\n",
      );
      write("staging", "config:\n  backline:domain: example.com\n  backline:cloudflare: { zone: member }\n");
      write("named", "config:\n  backline:cloudflare: { zone: owner, zoneName: example.org }\n");
      write("broken", "config: [\n");
      write("empty", "");
      writeFileSync(join(directory, "Pulumi.yaml"), "name: backline\n");
      const of = (stack: string) => loadFromFile(directory, stack).zoneOwners;
      const named = { file: "Pulumi.named.yaml", zone: "example.org" };
      const production = { file: "Pulumi.production.yaml", zone: "example.com" };
      expect(of("production")).toEqual([named]);
      expect(of("staging")).toEqual([named, production]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
