import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../components/shared/errors";
import { errors, local, resolution, secrets } from "../../support/resolution";

/** What is said of keys of `proxy`, beside those of a developer's machine. */
const said = (proxy: Record<string, unknown>) => errors({ proxy: { ...local.proxy, ...proxy } });

function resolved(values: Record<string, unknown>) {
  const result = resolution({ ...local, secrets, ...values });
  if (!result.ok) throw new Error(result.errors.map(formatProblem).join("\n"));
  return result;
}

describe("the proxy's settings", () => {
  it("are complete when nothing is said", () => {
    const { settings } = resolved({ domain: "example.com", proxy: {} });
    expect(settings.proxy).toEqual({
      memory: 256,
      cpu: 0.25,
      httpPort: 80,
      httpsPort: 443,
      certificates: { kind: "acme", email: undefined, directory: undefined, rootCertificate: undefined },
      hsts: { maxAge: 31_536_000, includeSubDomains: false, preload: false },
      originPulls: false,
      redirects: [],
      trustedProxies: [],
      clientIpHeaders: ["X-Forwarded-For"],
      maintenance: undefined,
      timeouts: { readHeader: 10, readBodyIdle: 60, writeIdle: 60, idle: 300, responseHeader: 60 },
      maxHeaderSize: 16_384,
      streamCloseDelay: 315_360_000,
    });
  });

  it("send no Strict-Transport-Security with certificates of a private CA, unless asked", () => {
    expect(resolved({}).settings.proxy.hsts).toBeUndefined();
    expect(resolved({ proxy: { ...local.proxy, hsts: { maxAge: "1d" } } }).settings.proxy.hsts).toEqual({
      maxAge: 86_400,
      includeSubDomains: false,
      preload: false,
    });
  });

  it("take a limit of bodies from the stack, then from the system", () => {
    const { services } = resolved({ services: { api: { bodyLimit: "64Ki" } } }).settings;
    expect(services.map(({ name, bodyLimit }) => [name, bodyLimit])).toEqual([
      ["api", 65_536],
      ["ws", 1_048_576],
      ["worker", 1_048_576],
      ["web", 1_048_576],
    ]);
  });

  it.each<[unknown, string]>([
    [true, "We are at work and will be back soon."],
    ["Back at noon", "Back at noon"],
  ])("close the sites for maintenance: %s", (maintenance, text) => {
    const { proxy } = resolved({
      proxy: { ...local.proxy, maintenance, maintenanceAllow: ["203.0.113.7/32"] },
    }).settings;
    expect(proxy.maintenance).toEqual({ text, allow: ["203.0.113.7/32"] });
  });

  it("warn where Cloudflare's addresses would be taken for the clients'", () => {
    const behind = (proxy: Record<string, unknown>) =>
      resolved({ host: { webFrom: "cloudflare" }, proxy: { ...local.proxy, ...proxy } }).warnings.map(
        formatProblem,
      );
    expect(behind({})).toContain(
      "Pulumi.dev.yaml: proxy.trustedProxies: host.webFrom lets Cloudflare's addresses in alone, and without [cloudflare] here those are taken for the clients'",
    );
    expect(behind({ trustedProxies: ["cloudflare"] }).join()).not.toContain("trustedProxies");
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    [
      "a redirect from a site's name",
      { redirects: [{ from: "app.audifi.localhost", to: "example.com" }] },
      [
        'proxy.redirects.0.from: "app.audifi.localhost" is already the host name of the site app; give each its own',
      ],
    ],
    [
      "the same name redirected twice",
      {
        redirects: [
          { from: "www.audifi.localhost", to: "app.audifi.localhost" },
          { from: "www.audifi.localhost", to: "api.audifi.localhost" },
        ],
      },
      [
        'proxy.redirects.1.from: "www.audifi.localhost" is already the host name of proxy.redirects.0; give each its own',
      ],
    ],
    [
      "a wildcard over a site's name",
      { redirects: [{ from: "*.audifi.localhost", to: "example.com" }] },
      [
        'proxy.redirects.0.from: "*.audifi.localhost" covers "api.audifi.localhost" of the site api; name the hosts one by one',
      ],
    ],
    [
      "a wildcard that is none",
      { redirects: [{ from: "*audifi.localhost", to: "example.com" }] },
      [
        'proxy.redirects.0.from: "*audifi.localhost" is not a domain name; labels have letters, digits and inner hyphens, joined by single dots',
      ],
    ],
    [
      "a redirect to itself",
      { redirects: [{ from: "www.example.com", to: "www.example.com" }] },
      ['proxy.redirects.0.to: "www.example.com" is redirected itself by this entry; write another host'],
    ],
    [
      "a wildcard's redirect to what it covers",
      { redirects: [{ from: "*.example.com", to: "www.example.com" }] },
      ['proxy.redirects.0.to: "www.example.com" is redirected itself by this entry; write another host'],
    ],
    [
      "redirects in a circle",
      {
        redirects: [
          { from: "a.example.com", to: "b.example.com" },
          { from: "b.example.com", to: "c.example.com" },
          { from: "c.example.com", to: "a.example.com" },
        ],
      },
      [
        "proxy.redirects.0.to: leads in a circle: a.example.com -> b.example.com -> c.example.com -> a.example.com; end it at a host that is not redirected",
        "proxy.redirects.1.to: leads in a circle: b.example.com -> c.example.com -> a.example.com -> b.example.com; end it at a host that is not redirected",
        "proxy.redirects.2.to: leads in a circle: c.example.com -> a.example.com -> b.example.com -> c.example.com; end it at a host that is not redirected",
      ],
    ],
    [
      "a redirect with a scheme and a key that is none",
      { redirects: [{ from: "https://www.example.com", to: "example.com", permanently: true }] },
      [
        'proxy.redirects.0.from: "https://www.example.com" has a scheme; write the name alone: "www.example.com"',
        'proxy.redirects.0.permanently: unknown key; did you mean "permanent"?',
      ],
    ],
    [
      "a wildcard that ACME would have to sign",
      {
        certificates: "acme",
        acme: { directory: "https://acme.example.com/dir" },
        redirects: [{ from: "*.example.com", to: "example.com" }],
      },
      [
        'proxy.certificates: "acme" cannot sign the wildcard "*.example.com" without access to DNS; write "files", or name the hosts one by one',
      ],
    ],
    [
      "an ACME directory that nobody asks",
      { acme: { directory: "https://acme.example.com/dir" } },
      [
        'proxy.acme.directory: is used by certificates: acme alone, and proxy.certificates says "internal"; write "acme" there or remove this key',
      ],
    ],
    [
      "a list for browsers without what they ask of it",
      { hsts: { maxAge: "30d", includeSubDomains: true, preload: true } },
      [
        "proxy.hsts.preload: needs includeSubDomains: true and a maxAge of 365d or more; set both or remove it",
      ],
    ],
    [
      "a time without a unit",
      { hsts: { maxAge: 31_536_000 }, timeouts: { idle: "300" } },
      [
        'proxy.hsts.maxAge: 31536000 has no unit; write "31536000s" or "31536000m"',
        'proxy.timeouts.idle: "300" has no unit; write "300s" or "300m"',
      ],
    ],
    [
      "a time-out of no time",
      { timeouts: { responseHeader: "0s" } },
      ['proxy.timeouts.responseHeader: "0s" is no time; write "1s" or another that is longer than nothing'],
    ],
    [
      "a size without a unit",
      { maxHeaderSize: 16_384 },
      ['proxy.maxHeaderSize: 16384 has no unit; write "16384Ki" or "16384Mi"'],
    ],
    [
      "a range with bits behind its prefix",
      { trustedProxies: ["cloudflare", "203.0.113.7/24"] },
      [
        'proxy.trustedProxies.1: "203.0.113.7/24" has bits behind its prefix; write "203.0.113.0/24" for the range or "203.0.113.7/32" for the one address',
      ],
    ],
    [
      "every address as a trusted proxy",
      { trustedProxies: ["0.0.0.0/0"] },
      ['proxy.trustedProxies.0: "0.0.0.0/0" is every address; write the addresses of the proxies alone'],
    ],
    [
      "a mistyped word among ranges",
      { trustedProxies: ["cloudfare"] },
      [
        'proxy.trustedProxies.0: "cloudfare" is not a range of addresses; write one such as "203.0.113.0/24" or "203.0.113.7/32"',
      ],
    ],
    [
      "a header that is none",
      { clientIpHeaders: ["X Real IP"] },
      [
        'proxy.clientIpHeaders.0: "X Real IP" is not the name of a header; write one such as "X-Forwarded-For"',
      ],
    ],
    [
      "a text for visitors with a line break",
      { maintenance: "Back soon\n}" },
      ["proxy.maintenance: has a line break or a control character in it; write one line"],
    ],
    [
      "a text for visitors with a control character",
      { maintenance: "Back\u001b[31m soon" },
      ["proxy.maintenance: has a line break or a control character in it; write one line"],
    ],
    [
      "an empty text for visitors",
      { maintenance: " " },
      ["proxy.maintenance: is an empty text; write true, false or a sentence"],
    ],
    [
      "maintenance for everybody as a range",
      { maintenance: true, maintenanceAllow: ["::/0"] },
      ['proxy.maintenanceAllow.0: "::/0" is every address; remove proxy.maintenance to serve everybody'],
    ],
    [
      "a number in the place of a text for visitors",
      { maintenance: 5 },
      ["proxy.maintenance: 5 is no text and no switch; write true, false or a sentence in quotes"],
    ],
  ])("refuse %s", (_name, proxy, lines) => {
    expect(said(proxy)).toEqual(lines.map((line) => `Pulumi.dev.yaml: ${line}`));
  });

  it("refuse an ACME directory without TLS", () => {
    const proxy = { certificates: "acme", acme: { directory: "http://acme.example.com" } };
    expect(errors({ domain: "example.com", proxy })).toEqual([
      'Pulumi.dev.yaml: proxy.acme.directory: "http://acme.example.com" is not the URL of an ACME directory; write one such as "https://acme.example.com/directory"',
    ]);
  });

  it("refuse a limit of bodies without a unit", () => {
    expect(errors({ services: { api: { bodyLimit: "10MB" } } })).toEqual([
      'Pulumi.dev.yaml: services.api.bodyLimit: "10MB" is not a size; write "64Ki", "10Mi" or "1Gi"',
    ]);
  });
});
