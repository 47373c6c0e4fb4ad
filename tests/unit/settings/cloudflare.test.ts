import { describe, expect, it } from "vitest";
import {
  errors,
  member,
  owner,
  resolution,
  stack,
  warnings,
  zoneId,
} from "../../support/cloudflare-settings";

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
