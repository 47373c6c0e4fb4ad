import { describe, expect, it } from "vitest";
import type { DnsPlanArgs } from "../../../../components/dns/args";
import { planDns } from "../../../../components/dns/plan";
import { textContent } from "../../../../components/dns/record";
import { atVercel, dnsArgs, onHost } from "../../../support/dns-args";

const comment = "Backline, stack dev";

/** The records of a plan: key, then type, content and the rest. */
const records = (more: Partial<DnsPlanArgs>) =>
  planDns(dnsArgs({ names: [], ...more })).records.map(({ key, inputs }) => [key, inputs]);

describe("the records of a host name", () => {
  it("lead to each address of the host, through Cloudflare", () => {
    expect(
      records({ names: [onHost("api.example.com")], addresses: ["203.0.113.7", "2001:db8::7"] }),
    ).toEqual([
      [
        "api.example.com",
        { name: "api.example.com", type: "A", content: "203.0.113.7", proxied: true, ttl: 1, comment },
      ],
      [
        "api.example.com-2001:db8::7",
        { name: "api.example.com", type: "AAAA", content: "2001:db8::7", proxied: true, ttl: 1, comment },
      ],
    ]);
  });

  it("lead to the host directly where that is wanted", () => {
    const [[, inputs] = []] = records({ names: [onHost("api.example.com")], proxied: false });
    expect(inputs).toMatchObject({ content: "203.0.113.7", proxied: false });
  });

  it("lead to Vercel: an address for the zone itself, an alias for names below it", () => {
    expect(records({ names: [atVercel("example.com"), atVercel("www.example.com")] })).toEqual([
      [
        "example.com",
        { name: "example.com", type: "A", content: "76.76.21.21", proxied: false, ttl: 1, comment },
      ],
      [
        "www.example.com",
        {
          name: "www.example.com",
          type: "CNAME",
          content: "cname.vercel-dns.com",
          proxied: false,
          ttl: 1,
          comment,
        },
      ],
    ]);
  });

  it("keep their key when the name moves from the host to Vercel or the host to another address", () => {
    const key = (more: Partial<DnsPlanArgs>) => records(more).map(([first]) => first);
    expect(key({ names: [onHost("app.example.com")] })).toEqual(["app.example.com"]);
    expect(key({ names: [onHost("app.example.com")], addresses: ["198.51.100.8"] })).toEqual([
      "app.example.com",
    ]);
    expect(key({ names: [atVercel("app.example.com")] })).toEqual(["app.example.com"]);
  });

  it("are not made for a name of another zone, which the proxy redirects", () => {
    expect(records({ names: [onHost("example.org"), onHost("notexample.com")] })).toEqual([]);
  });

  it("lead nowhere where Cloudflare redirects by itself", () => {
    const rules = {
      ...dnsArgs().rules,
      redirects: [{ from: "old.example.com", to: "example.com", permanent: true }],
    };
    expect(records({ rules })).toEqual([
      [
        "old.example.com",
        { name: "old.example.com", type: "AAAA", content: "100::", proxied: true, ttl: 1, comment },
      ],
    ]);
  });
});

describe("the records that a stack's file names", () => {
  it("are made as they are, under their names", () => {
    expect(
      records({
        records: {
          verification: { type: "TXT", name: "example.com", content: 'a "word"', ttl: 3_600 },
          ca: { type: "CAA", name: "example.com", tag: "issue", content: "letsencrypt.org", ttl: undefined },
          alias: {
            type: "CNAME",
            name: "*.cdn.example.com",
            content: "edge.example.net",
            proxied: true,
            ttl: undefined,
          },
        },
      }),
    ).toEqual([
      [
        "record-verification",
        { name: "example.com", type: "TXT", content: '"a \\"word\\""', ttl: 3_600, comment },
      ],
      [
        "record-ca",
        {
          name: "example.com",
          type: "CAA",
          data: { flags: 0, tag: "issue", value: "letsencrypt.org" },
          ttl: 1,
          comment,
        },
      ],
      [
        "record-alias",
        {
          name: "*.cdn.example.com",
          type: "CNAME",
          content: "edge.example.net",
          proxied: true,
          ttl: 1,
          comment,
        },
      ],
    ]);
  });

  it("have long texts in strings of 255 characters, as DNS has them", () => {
    const text = textContent("x".repeat(600));
    expect(text.split(" ").map((part) => part.length)).toEqual([257, 257, 92]);
    expect(text.replaceAll(/[" ]/g, "")).toBe("x".repeat(600));
  });
});

describe("mail", () => {
  it("has servers, senders, keys and a policy", () => {
    const key = "A".repeat(392);
    const mail = {
      mx: [
        { host: "mx1.example.net", priority: 10 },
        { host: "mx2.example.net", priority: 20 },
      ],
      spf: {
        include: ["sendgrid.net"],
        ip: ["203.0.113.7/32", "2001:db8::/64"],
        all: "softfail" as const,
      },
      dkim: { s1: { target: "s1.domainkey.example.net" }, s2: { key } },
      dmarc: { policy: "reject" as const, reports: "dmarc@example.com", percent: 50 },
    };
    const made = records({ mail }).map(([first, inputs]) => [first, inputs]);
    expect(made).toEqual([
      [
        "mx-mx1.example.net",
        { name: "example.com", type: "MX", content: "mx1.example.net", priority: 10, ttl: 1, comment },
      ],
      [
        "mx-mx2.example.net",
        { name: "example.com", type: "MX", content: "mx2.example.net", priority: 20, ttl: 1, comment },
      ],
      [
        "spf",
        {
          name: "example.com",
          type: "TXT",
          content: '"v=spf1 include:sendgrid.net ip4:203.0.113.7 ip6:2001:db8::/64 ~all"',
          ttl: 1,
          comment,
        },
      ],
      [
        "dkim-s1",
        {
          name: "s1._domainkey.example.com",
          type: "CNAME",
          content: "s1.domainkey.example.net",
          proxied: false,
          ttl: 1,
          comment,
        },
      ],
      [
        "dkim-s2",
        {
          name: "s2._domainkey.example.com",
          type: "TXT",
          content: textContent(`v=DKIM1; k=rsa; p=${key}`),
          ttl: 1,
          comment,
        },
      ],
      [
        "dmarc",
        {
          name: "_dmarc.example.com",
          type: "TXT",
          content: '"v=DMARC1; p=reject; pct=50; rua=mailto:dmarc@example.com"',
          ttl: 1,
          comment,
        },
      ],
    ]);
  });

  it("is refused by who has none", () => {
    const mail = { mx: [], spf: { include: [], ip: [], all: "fail" as const }, dkim: {}, dmarc: undefined };
    expect(records({ mail })).toEqual([
      ["mx-none", { name: "example.com", type: "MX", content: ".", priority: 0, ttl: 1, comment }],
      ["spf", { name: "example.com", type: "TXT", content: '"v=spf1 -all"', ttl: 1, comment }],
    ]);
  });
});
