import { createHmac } from "node:crypto";
import { originPullAuthority } from "../shared/cloudflare";
import type { FileSpec } from "../shared/files";
import { contentHash } from "../shared/names";
import { Secret } from "../shared/secret";
import type { Certificates, ProxyPlanArgs } from "./args";

/** Where a running Caddy finds the files of its configuration. */
export const livePath = "/etc/caddy/live";

/** In the Caddyfile; the variable is set where a new configuration is checked before it is taken up. */
const directory = `{$LIVE_DIRECTORY:${livePath}/current}`;

interface ConfigFile extends FileSpec {
  /** As the Caddyfile names it. */
  readonly path: string;
}

const pathOf = (name: string): string => `${directory}/${name}`;

const file = (name: string, content: string | Secret): ConfigFile => ({ name, content, path: pathOf(name) });

/**
 * A certificate and its key. Caddy reloads only a configuration that has changed, so the names follow the content; the
 * key's follows its certificate, of which there is one with this key.
 */
export function certificateFiles({ certificate, key }: Extract<Certificates, { kind: "files" }>) {
  const hash = contentHash(certificate);
  return {
    certificate: file(`certificate-${hash}.pem`, certificate),
    key: file(`certificate-key-${hash}.pem`, key),
  };
}

/**
 * Of an origin certificate and its key, which are not known before they are made: their names cannot follow the content,
 * so that Caddy has to be told to take them up (`reloadCommand`).
 */
export const originFiles = {
  certificate: { name: "origin-certificate.pem", path: pathOf("origin-certificate.pem") },
  key: { name: "origin-certificate-key.pem", path: pathOf("origin-certificate-key.pem") },
} as const;

/** The authority of the certificate that Cloudflare shows to origins. */
export const originPullFile = file(
  `origin-pull-${contentHash(originPullAuthority)}.pem`,
  originPullAuthority,
);

/** The authority that signed the ACME server's own certificate. */
export const acmeRootFile = (certificate: string): ConfigFile =>
  file(`acme-root-${contentHash(certificate)}.pem`, certificate);

/** The line of a sticky service's policy, which holds a secret and is imported. */
export const stickyFile = (service: string, content: string | Secret): ConfigFile =>
  file(`sticky-${service}.caddy`, content);

/**
 * The cookie's value is a keyed hash of the replica's slot, so that clients neither learn what there is nor choose one. The
 * key is made from the stack's: another purpose gives another key.
 */
function stickyPolicy(service: string, nameKey: Secret): Secret {
  const key = createHmac("sha256", nameKey.reveal()).update(`proxy sticky ${service}`).digest("hex");
  return new Secret(`lb_policy cookie backline_${service} ${key} {\n\tfallback least_conn\n}\n`);
}

/** What the Caddyfile refers to. */
export function configFiles(
  args: Pick<ProxyPlanArgs, "certificates" | "originPulls" | "upstreams" | "nameKey">,
): FileSpec[] {
  const { certificates, originPulls, upstreams, nameKey } = args;
  const given = certificates.kind === "files" ? Object.values(certificateFiles(certificates)) : [];
  const root =
    certificates.kind === "acme" && certificates.rootCertificate !== undefined
      ? [acmeRootFile(certificates.rootCertificate)]
      : [];
  const sticky = Object.entries(upstreams).flatMap(([service, upstream]) =>
    upstream.sticky ? [stickyFile(service, stickyPolicy(service, nameKey))] : [],
  );
  const pulls = originPulls ? [originPullFile] : [];
  return [...given, ...root, ...pulls, ...sticky].map(({ name, content }) => ({ name, content }));
}
