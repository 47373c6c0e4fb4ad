import { usedNames } from "../sites";
import type { Finding } from "./checks";
import type { Settings } from "./settings";

/** Whether a name is one label below that of a wildcard. */
const covers = (wildcard: string, name: string): boolean =>
  wildcard.startsWith("*.") && name !== wildcard && name.slice(name.indexOf(".")) === wildcard.slice(1);

/** Host names, each used once, and none of them covered by a wildcard. */
export function checkHostnames(settings: Settings): Finding[] {
  const names = usedNames(settings);
  return names.flatMap(({ name, path }, index): Finding[] => {
    const same = names.slice(0, index).find((other) => other.name === name);
    if (same)
      return [
        {
          code: "duplicate-hostname",
          path,
          message: `"${name}" is already the host name of ${same.user}; give each ${path.endsWith(".hostname") ? "site " : ""}its own`,
        },
      ];
    const covered = names.find((other) => covers(name, other.name));
    return covered
      ? [
          {
            code: "duplicate-hostname",
            path,
            message: `"${name}" covers "${covered.name}" of ${covered.user}; name the hosts one by one`,
          },
        ]
      : [];
  });
}

/** Redirects that lead to themselves, directly or over others. */
export function checkRedirects({ proxy: { redirects } }: Settings): Finding[] {
  const next = (host: string) => redirects.find(({ from }) => from === host || covers(from, host))?.to;
  return redirects.flatMap(({ from, to }, index): Finding[] => {
    const path = `proxy.redirects.${index}.to`;
    const refuse = (message: string): Finding[] => [{ code: "redirect", path, message }];
    if (from === to || covers(from, to))
      return refuse(`"${to}" is redirected itself by this entry; write another host`);
    const way = [to];
    for (let host = next(to); host !== undefined; host = next(host)) {
      if (host === to || way.includes(host)) break;
      way.push(host);
      if (from === host || covers(from, host))
        return refuse(
          `leads in a circle: ${[from, ...way].join(" -> ")}; end it at a host that is not redirected`,
        );
    }
    return [];
  });
}

/** What the authority that is chosen cannot sign. */
export function checkAuthority(settings: Settings): Finding[] {
  const { certificates } = settings.proxy;
  if (certificates.kind !== "acme") return [];
  const names = usedNames(settings).filter(({ platform }) => platform === "host");
  const wildcard = names.find(({ name }) => name.startsWith("*."));
  const reserved = names.find(({ name }) => /\.(localhost|local|internal|test|example|invalid)$/.test(name));
  const found = (message: string): Finding => ({ code: "certificates", path: "proxy.certificates", message });
  return [
    ...(wildcard
      ? [
          found(
            `"acme" cannot sign the wildcard "${wildcard.name}" without access to DNS; write "files", or name the hosts one by one`,
          ),
        ]
      : []),
    ...(reserved && certificates.directory === undefined
      ? [
          found(
            `"acme" cannot sign "${reserved.name}", which is no public name; write "internal" or set a public domain`,
          ),
        ]
      : []),
  ];
}

/** What browsers ask of names that are to be built in: https://hstspreload.org */
export function checkStrictTransport({ proxy: { hsts } }: Settings): Finding[] {
  if (!hsts?.preload || (hsts.includeSubDomains && hsts.maxAge >= 365 * 86_400)) return [];
  return [
    {
      code: "hsts",
      path: "proxy.hsts.preload",
      message: "needs includeSubDomains: true and a maxAge of 365d or more; set both or remove it",
    },
  ];
}

/** A warning: behind Cloudflare without believing it, all clients have its addresses, and share their rate limits. */
export function checkClientAddresses({ host, proxy }: Settings): Finding[] {
  return host.webFrom === "cloudflare" && !proxy.trustedProxies.includes("cloudflare")
    ? [
        {
          code: "client-address",
          path: "proxy.trustedProxies",
          message:
            "host.webFrom lets Cloudflare's addresses in alone, and without [cloudflare] here those are taken for the clients'",
        },
      ]
    : [];
}
