import { describe, expect, it } from "vitest";
import { errors, owner } from "../../support/cloudflare-settings";

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
      "capital letters in a wildcard",
      a({ name: "*.X.example.com" }),
      'name: "*.X.example.com" has capital letters; write "*.x.example.com"',
    ],
    [
      "capital letters after an underscore",
      { type: "TXT", name: "_Dmarc.example.com", content: "v=DMARC1" },
      'name: "_Dmarc.example.com" has capital letters; write "_dmarc.example.com"',
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
