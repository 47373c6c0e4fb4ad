import { describe, expect, it } from "vitest";
import { zoneErrors } from "../../support/cloudflare-settings";

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
    expect(zoneErrors({ mail, records })).toEqual(messages);
  });
});
