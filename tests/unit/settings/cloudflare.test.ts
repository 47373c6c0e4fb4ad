import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../components/shared/errors";
import { resolve } from "../../../stacks/settings";
import { secrets } from "../../support/resolution";

const zoneId = "0123456789abcdef0123456789abcdef";
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT";
const stack = {
  domain: "example.com",
  host: { address: "203.0.113.20", hostKey: publicKey, publicKeys: [publicKey] },
  proxy: { certificates: "cloudflare", trustedProxies: ["cloudflare"] },
  secrets,
};
const owner = { zone: "owner", zoneId, apiToken: "[encrypted]" };
const member = { ...owner, zone: "member" };

interface Options {
  readonly missing?: "error" | "warn";
  readonly zoneOwners?: readonly { readonly file: string; readonly zone: string }[];
}

const resolution = (values: Record<string, unknown>, { missing = "error", ...more }: Options = {}) =>
  resolve(
    {
      stack: "production",
      file: "Pulumi.production.yaml",
      values: { ...stack, ...values },
      plainSecrets: [],
      ...more,
    },
    { missing },
  );
const lines = (problems: readonly Parameters<typeof formatProblem>[0][]) =>
  problems.map((problem) => formatProblem(problem).replace("Pulumi.production.yaml: ", ""));

function errors(cloudflare: unknown, values: Record<string, unknown> = {}, options: Options = {}): string[] {
  const result = resolution({ ...values, cloudflare }, options);
  return result.ok ? [] : lines(result.errors);
}
const warnings = (cloudflare: unknown, values: Record<string, unknown> = {}, options: Options = {}) =>
  lines(resolution({ ...values, cloudflare }, options).warnings).filter((line) => !line.startsWith("host."));

const recordErrors = (record: Record<string, unknown>) => errors({ ...owner, records: { x: record } });
const a = (more: Record<string, unknown>) => ({
  type: "A",
  name: "x.example.com",
  content: "203.0.113.9",
  ...more,
});

describe("a record", () => {
  it.each([
    [
      "a scheme",
      a({ name: "https://x.example.com/a" }),
      'name: "https://x.example.com/a" has a scheme; write the name alone: "x.example.com"',
    ],
    [
      "a port",
      a({ name: "x.example.com:443" }),
      'name: "x.example.com:443" has a port; write the name alone',
    ],
    [
      "an underscore in a host name",
      a({ name: "my_app.example.com" }),
      'name: "my_app.example.com" has an underscore, which host names cannot have; write "-" instead',
    ],
    [
      "a long label",
      a({ name: `${"a".repeat(64)}.example.com` }),
      `name: "${"a".repeat(64)}.example.com" has a label of 64 characters; a label has at most 63`,
    ],
    [
      "capital letters",
      a({ name: "X.example.com" }),
      'name: "X.example.com" has capital letters; write "x.example.com"',
    ],
    [
      "a name that is no full one",
      a({ name: "www" }),
      'name: "www" is not in the zone example.com; write "www.example.com", or "@" for the zone itself',
    ],
    [
      "a wildcard that is no full name",
      a({ name: "*.dev" }),
      'name: "*.dev" is not in the zone example.com; write "*.dev.example.com", or "@" for the zone itself',
    ],
    [
      "a name of another zone",
      a({ name: "x.example.org" }),
      'name: "x.example.org" is not in the zone example.com; write "x.example.com", or "@" for the zone itself',
    ],
    [
      "a name that only ends like the zone",
      a({ name: "x.notexample.com" }),
      'name: "x.notexample.com" is not in the zone example.com; write "x.example.com", or "@" for the zone itself',
    ],
    [
      "a wildcard in the middle",
      a({ name: "a.*.example.com" }),
      'name: "a.*.example.com" has a "*" in it; a wildcard is "*." before a name, and nowhere else',
    ],
    [
      "a name in the place of an address",
      a({ content: "example.org" }),
      'content: "example.org" is not an address for type: A; write one such as "203.0.113.7"',
    ],
    [
      "an IPv6 address for A",
      a({ content: "2001:db8::1" }),
      'content: "2001:db8::1" is an address for type: AAAA; write that type, or one such as "203.0.113.7"',
    ],
    [
      "a range in the place of an address",
      a({ content: "203.0.113.0/24" }),
      'content: "203.0.113.0/24" is not an address for type: A; write one such as "203.0.113.7"',
    ],
    [
      "an IPv4 address for AAAA",
      a({ type: "AAAA" }),
      'content: "203.0.113.9" is an address for type: A; write that type, or one such as "2001:db8::7"',
    ],
    [
      "an alias of itself",
      a({ type: "CNAME", content: "x.example.com" }),
      'content: "x.example.com" is the record\'s own name; write another',
    ],
    [
      "an alias with a scheme",
      a({ type: "CNAME", content: "https://y.example.com" }),
      'content: "https://y.example.com" has a scheme; write the name alone: "y.example.com"',
    ],
    [
      "a mail server by address",
      a({ type: "MX", priority: 10 }),
      'content: "203.0.113.9" is an address; write the name of the server',
    ],
    [
      "a mail server without priority",
      a({ type: "MX", content: "mx.example.net" }),
      "priority: is missing; write a number such as 10",
    ],
    ["a priority elsewhere", a({ priority: 10 }), "priority: is for MX alone, and type is A; remove it"],
    [
      "an empty text",
      a({ type: "TXT", content: " " }),
      "content: is an empty text; write one or remove the record",
    ],
    [
      "a text with a line break",
      a({ type: "TXT", content: "a\nb" }),
      "content: has a line break or a control character in it; write one line",
    ],
    [
      "a text in quotes",
      a({ type: "TXT", content: '"a"' }),
      "content: has quotes of its own, which are added here; write the text alone",
    ],
    [
      "a long text",
      a({ type: "TXT", content: "a".repeat(2_049) }),
      "content: has 2049 characters; write 2048 at most",
    ],
    [
      "a proxied text",
      a({ type: "TXT", content: "a", proxied: true }),
      "proxied: is for A, AAAA, CNAME alone, and type is TXT; remove it",
    ],
    [
      "an authority that is none",
      a({ type: "CAA", content: "https://letsencrypt.org" }),
      'content: "https://letsencrypt.org" is no authority; write its name, "letsencrypt.org", or ";" for none',
    ],
    [
      "nowhere to report to",
      a({ type: "CAA", tag: "iodef", content: "security@example.com" }),
      'content: "security@example.com" is nowhere to report to; write "mailto:security@example.com"',
    ],
    ["a tag elsewhere", a({ tag: "issue" }), "tag: is for CAA alone, and type is A; remove it"],
    ["a short time to live", a({ ttl: "10s" }), 'ttl: "10s" is out of range; write "1m" to "1d"'],
    ["a time to live without a unit", a({ ttl: 300 }), 'ttl: 300 has no unit; write "300s" or "300m"'],
    [
      "a time to live of a proxied record",
      a({ ttl: "1h", proxied: true }),
      "ttl: is Cloudflare's choice for a proxied record; remove it",
    ],
    ["an unknown key", a({ contnt: "x" }), 'contnt: unknown key; did you mean "content"?'],
    [
      "an unknown type",
      a({ type: "SRV" }),
      'type: "SRV" is not a choice; write "A" or "AAAA" or "CNAME" or "MX" or "TXT" or "CAA"',
    ],
  ])("with %s is refused", (_, record, message) => {
    expect(recordErrors(record)).toEqual([`cloudflare.records.x.${message}`]);
  });

  it("has a name that can be part of a resource's", () => {
    expect(errors({ ...owner, records: { "My record": a({}) } })).toEqual([
      'cloudflare.records.My record: "My record" cannot be part of a resource\'s name; write lower-case letters, digits and inner hyphens, at most 40',
    ]);
  });

  it.each([
    ["an underscore where there may be one", { type: "TXT", name: "_acme.example.com", content: "a" }],
    ["a wildcard of its own", a({ name: "*.x.example.com" })],
    ["an alias of the zone itself beside its mail", { type: "CNAME", name: "@", content: "y.example.net" }],
  ])("with %s is taken", (_, record) => {
    const mail = { mx: [{ host: "mx.example.net", priority: 10 }] };
    const sites = { home: { hostname: "home.example.com" } };
    expect(errors({ ...owner, mail, records: { x: record } }, { sites })).toEqual([]);
  });
});

describe("records beside one another", () => {
  it.each([
    [
      "an alias beside a host name",
      { x: { type: "CNAME", name: "api.example.com", content: "y.example.net" } },
      [
        'x: CNAME "api.example.com" stands beside the A of sites.api.hostname, and a CNAME tolerates no other record; remove one of them',
      ],
    ],
    [
      "an alias beside a text",
      {
        x: { type: "TXT", name: "x.example.com", content: "a" },
        y: { type: "CNAME", name: "x.example.com", content: "y.example.net" },
      },
      [
        'y: CNAME "x.example.com" stands beside the TXT of cloudflare.records.x, and a CNAME tolerates no other record; remove one of them',
      ],
    ],
    [
      "an address beside an alias",
      { x: { type: "CNAME", name: "x.example.com", content: "y.example.net" }, y: a({}) },
      [
        'y: A "x.example.com" stands beside the CNAME of cloudflare.records.x, and a CNAME tolerates no other record; remove one of them',
      ],
    ],
    [
      "a second address of a site",
      { x: a({ name: "api.example.com" }) },
      [
        'x: "api.example.com" is already the host name of sites.api.hostname; remove one of them, or write further addresses of the host in cloudflare.addresses',
      ],
    ],
    [
      "the same record twice",
      { x: a({}), y: a({}) },
      ["y: is the same record as cloudflare.records.x; remove one of them"],
    ],
    [
      "a wildcard over a site",
      { x: a({ name: "*.example.com" }) },
      ['x: "*.example.com" covers "api.example.com" of sites.api.hostname; name the hosts one by one'],
    ],
    [
      "two SPF records",
      {
        x: { type: "TXT", name: "@", content: "v=spf1 -all" },
        y: { type: "TXT", name: "@", content: "v=spf1 ~all" },
      },
      [
        'y: is a second SPF record of "example.com" beside cloudflare.records.x, and receivers take neither; remove one of them',
      ],
    ],
  ])("are refused: %s", (_, records, messages) => {
    expect(errors({ ...owner, records })).toEqual(messages.map((line) => `cloudflare.records.${line}`));
  });

  it("are taken: two addresses, two texts, two authorities", () => {
    const text = (content: string) => ({ type: "TXT", name: "@", content });
    const authority = (tag: string) => ({ type: "CAA", name: "@", tag, content: "letsencrypt.org" });
    const records = {
      a: a({}),
      b: a({ content: "203.0.113.10" }),
      c: text("one"),
      d: text("two"),
      e: authority("issue"),
      f: authority("issuewild"),
    };
    expect(errors({ ...owner, records })).toEqual([]);
  });
});

describe("a zone", () => {
  it("has one owner among the stacks of the project", () => {
    const zoneOwners = [{ file: "Pulumi.staging.yaml", zone: "example.com" }];
    expect(errors(owner, {}, { zoneOwners })).toEqual([
      'cloudflare.zone: "owner" is what Pulumi.staging.yaml says of the zone example.com too, and what holds for a zone has one place; write "member" in one of them',
    ]);
    expect(errors(member, {}, { zoneOwners })).toEqual([]);
    expect(errors(owner, {}, { zoneOwners: [{ file: "Pulumi.other.yaml", zone: "example.org" }] })).toEqual(
      [],
    );
  });

  it("has what holds for all of it where it is owned", () => {
    const expression = "true";
    expect(
      errors({
        ...member,
        plan: "pro",
        minTlsVersion: "1.3",
        waf: { managed: true },
        cache: { x: { expression } },
        headers: { "X-A": "b" },
      }),
    ).toEqual(
      ["plan", "minTlsVersion", "waf", "cache", "headers"].map(
        (key) =>
          `cloudflare.${key}: holds for the whole zone example.com, and this stack is a member of it; write it where cloudflare.zone is "owner"`,
      ),
    );
  });

  it("holds every site", () => {
    expect(errors(owner, { sites: { api: { hostname: "api.example.org" } } })).toEqual([
      'sites.api.hostname: "api.example.org" is not in the zone example.com; write a name below it, or the zone\'s name as cloudflare.zoneName',
    ]);
    const below = { domain: "eu.example.com", cloudflare: { ...owner, zoneName: "example.com" } };
    expect(resolution(below).ok).toBe(true);
  });

  it("needs ids and a token before a deploy, and a preview goes on without", () => {
    const lines = [
      "cloudflare.zoneId: is not set; write the id of the zone, or cloudflare.accountId to have it made",
      "cloudflare.apiToken: is missing; run: pulumi config set --secret --path 'backline:cloudflare.apiToken'",
    ];
    expect(errors({ zone: "owner" })).toEqual(lines);
    expect(errors({ zone: "owner" }, {}, { missing: "warn" })).toEqual([]);
    expect(warnings({ zone: "owner" }, {}, { missing: "warn" })).toEqual(lines);
    expect(errors({ zone: "member", apiToken: "[encrypted]" })).toEqual([
      "cloudflare.zoneId: is not set; write the id of the zone",
    ]);
    expect(errors({ zone: "owner", accountId: zoneId, apiToken: "[encrypted]" })).toEqual([]);
  });

  it.each([
    [
      "an id of another form",
      { zoneId: "example.com" },
      'zoneId: "example.com" is not the id of a zone; write the 32 characters 0-9 and a-f of the zone\'s overview page',
    ],
    [
      "a name with a scheme",
      { zoneName: "https://example.com" },
      'zoneName: "https://example.com" has a scheme; write the name alone: "example.com"',
    ],
    [
      "a name in the place of an address",
      { addresses: ["host.example.com"] },
      'addresses.0: "host.example.com" is not an address; write one such as "203.0.113.7" or "2001:db8::7"',
    ],
    [
      "an empty token",
      { apiToken: " " },
      "apiToken: is empty; run: pulumi config set --secret --path 'backline:cloudflare.apiToken'",
    ],
    [
      "a token that is a placeholder",
      { apiToken: "changeme" },
      "apiToken: is a placeholder; run: pulumi config set --secret --path 'backline:cloudflare.apiToken'",
    ],
    [
      "a token with a line break",
      { apiToken: "abcdefgh\nijklmnop" },
      "apiToken: has a blank or a line break in it; run: pulumi config set --secret --path 'backline:cloudflare.apiToken'",
    ],
    [
      "an old version of TLS",
      { minTlsVersion: "1.1" },
      'minTlsVersion: "1.1" is not a choice; write "1.2" or "1.3"',
    ],
    [
      "origin pulls past Cloudflare",
      { proxied: false, originPulls: true },
      "originPulls: keeps everybody out where requests do not go through Cloudflare; remove it, or cloudflare.proxied: false",
    ],
  ])("is refused with %s", (_, cloudflare, message) => {
    const proxy = { certificates: "acme" };
    expect(errors({ ...owner, ...cloudflare }, { proxy })).toEqual([`cloudflare.${message}`]);
  });

  it("needs the host's addresses where its own is a name or nothing", () => {
    const host = { ...stack.host, address: "host.example.net" };
    expect(errors(owner, { host })).toEqual([
      'cloudflare.addresses: is missing, and host.address, "host.example.net", is no address; write the public addresses of the host',
    ]);
    expect(errors({ ...owner, addresses: ["203.0.113.7", "2001:db8::7"] }, { host })).toEqual([]);
    expect(errors(owner, { host: {} })).toEqual([
      "cloudflare.addresses: is missing, and host.address is not set; write the public addresses of the host",
    ]);
  });

  it("refuses ports that Cloudflare does not take", () => {
    const proxy = { ...stack.proxy, httpPort: 8081, httpsPort: 8444 };
    expect(errors(owner, { proxy })).toEqual([
      "proxy.httpPort: 8081 is none of the ports that Cloudflare takes requests at; write 80, 8080, 8880, 2052, 2082, 2086, 2095, or set cloudflare.proxied: false",
      "proxy.httpsPort: 8444 is none of the ports that Cloudflare takes requests at; write 443, 2053, 2083, 2087, 2096, 8443, or set cloudflare.proxied: false",
    ]);
  });

  it("warns of what is less than it looks", () => {
    expect(
      warnings(owner, {
        proxy: { certificates: "cloudflare" },
        sites: { api: { hostname: "a.api.example.com" } },
      }),
    ).toEqual([
      'sites.api.hostname: "a.api.example.com" is more than one label below example.com, which Cloudflare\'s universal certificate does not cover; it needs an advanced one',
      "proxy.trustedProxies: requests come through Cloudflare, and without [cloudflare] here its addresses are taken for the clients'",
    ]);
    expect(warnings(owner)).toEqual([]);
  });
});

describe("the proxy's certificate", () => {
  it.each([
    [
      "without Cloudflare",
      undefined,
      { certificates: "cloudflare" },
      ['"cloudflare" needs the keys of cloudflare; set them, or write "acme"'],
    ],
    [
      "for clients that come directly",
      { ...owner, proxied: false },
      { certificates: "cloudflare" },
      [
        '"cloudflare" is an authority that Cloudflare alone knows, and no browser; write "acme", or remove cloudflare.proxied: false',
      ],
    ],
    [
      "of an authority of its own behind Cloudflare",
      owner,
      { certificates: "internal" },
      [
        '"internal" is an authority that Cloudflare does not know, so that it would answer 526; write "cloudflare", or set cloudflare.proxied: false',
      ],
    ],
  ])("is refused %s", (_, cloudflare, proxy, messages) => {
    expect(errors(cloudflare, { proxy })).toEqual(messages.map((line) => `proxy.certificates: ${line}`));
  });

  it("is refused beside a given one", () => {
    const proxy = { ...stack.proxy, certificate: "a certificate" };
    expect(errors(owner, { proxy })).toEqual([
      'proxy.certificate: is used by certificates: files alone, and proxy.certificates says "cloudflare"; write "files" there or remove this key',
    ]);
  });

  it("is not signed for names of other zones", () => {
    const proxy = { ...stack.proxy, redirects: [{ from: "*.example.org", to: "example.com" }] };
    expect(errors(owner, { proxy })).toEqual([
      'proxy.redirects.0.from: "*.example.org" is not in the zone example.com, so that Cloudflare signs no certificate for it; remove it, or redirect it where it is served',
    ]);
  });
});
