import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { usedNames } from "../sites";
import type { Finding } from "./checks";
import type { StackConfig } from "./schema";
import { encrypted } from "./secret-keys";
import type { Settings } from "./settings";

const certificatePath = "proxy.certificate";
const keyPath = "proxy.certificateKey";
const commands = {
  [certificatePath]: `pulumi config set --path 'backline:${certificatePath}' < certificate.pem`,
  [keyPath]: `pulumi config set --secret --path 'backline:${keyPath}' < key.pem`,
} as const;

const found = (path: string, message: string): Finding => ({ code: "certificate", path, message });

/** Which of the keys about certificates are given, and belong to another choice. */
export function checkCertificateKeys(config: StackConfig["proxy"]): Finding[] {
  const kind = config?.certificates ?? "acme";
  const given = (value: unknown) => value !== undefined && value !== "";
  const foreign = (path: string, owner: string): Finding =>
    found(
      path,
      `is used by certificates: ${owner} alone, and proxy.certificates says "${kind}"; write "${owner}" there or remove this key`,
    );
  const pair = [
    { path: certificatePath, value: config?.certificate },
    { path: keyPath, value: config?.certificateKey },
  ] as const;
  const missing = pair.filter(({ value }) => kind === "files" && !given(value));
  return [
    ...missing.map(({ path }) => ({
      ...found(
        path,
        `is missing, and certificates: files needs certificate and certificateKey; run: ${commands[path]}`,
      ),
      code: "incomplete" as const,
    })),
    ...pair.filter(({ value }) => kind !== "files" && given(value)).map(({ path }) => foreign(path, "files")),
    ...(kind !== "acme" && given(config?.acme?.directory) ? [foreign("proxy.acme.directory", "acme")] : []),
    ...(kind !== "acme" && given(config?.acme?.rootCertificate)
      ? [foreign("proxy.acme.rootCertificate", "acme")]
      : []),
  ];
}

function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function keyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** A text that is there and can be read. */
const readable = (text: string): boolean => text !== "" && text !== encrypted;

/** Whether a certificate is for a name, or for the wildcard that a name is. */
const isFor = (certificate: X509Certificate, name: string): boolean =>
  name.startsWith("*.")
    ? (certificate.subjectAltName ?? "").split(", ").includes(`DNS:${name}`)
    : certificate.checkHost(name, { subject: "never" }) !== undefined;

const date = (text: string): string => new Date(text).toISOString().slice(0, 10);

function leafFaults(certificate: X509Certificate, settings: Settings, now: Date): Finding[] {
  const names = usedNames(settings)
    .filter(({ platform }) => platform === "host")
    .map(({ name }) => name);
  const uncovered = names.filter((name) => !isFor(certificate, name));
  return [
    ...(new Date(certificate.validTo) <= now
      ? [found(certificatePath, `ended on ${date(certificate.validTo)}; give one that is valid`)]
      : []),
    ...(new Date(certificate.validFrom) > now
      ? [
          found(
            certificatePath,
            `is valid from ${date(certificate.validFrom)} on; give one that is valid now`,
          ),
        ]
      : []),
    ...(uncovered.length > 0
      ? [
          found(
            certificatePath,
            `does not cover ${uncovered.join(", ")}; give one that covers every host name`,
          ),
        ]
      : []),
  ];
}

/** Contents are never shown: what was pasted into the wrong key may be the private one. */
export function checkGivenCertificate(settings: Settings, now: Date): Finding[] {
  const { certificates } = settings.proxy;
  if (certificates.kind === "acme") {
    const { rootCertificate = encrypted } = certificates;
    const root = readable(rootCertificate) ? certificateOf(rootCertificate) : undefined;
    return readable(rootCertificate) && !root?.ca
      ? [
          found(
            "proxy.acme.rootCertificate",
            'is not the certificate of an authority in PEM form; it begins with "-----BEGIN CERTIFICATE-----"',
          ),
        ]
      : [];
  }
  if (certificates.kind !== "files") return [];
  const { certificate: text, key: secret } = certificates;
  const certificate = certificateOf(text);
  const key = keyOf(secret.reveal());
  const locked = secret.reveal().includes("ENCRYPTED");
  return [
    ...(readable(text) && !certificate
      ? [
          found(
            certificatePath,
            'is not a certificate in PEM form; it begins with "-----BEGIN CERTIFICATE-----"',
          ),
        ]
      : []),
    ...(certificate ? leafFaults(certificate, settings, now) : []),
    ...(readable(secret.reveal()) && !key
      ? [
          found(
            keyPath,
            locked
              ? "is protected by a password, which Caddy cannot ask for; give the key without one"
              : 'is not a private key in PEM form; it begins with "-----BEGIN PRIVATE KEY-----"',
          ),
        ]
      : []),
    ...(certificate && key && !certificate.checkPrivateKey(key)
      ? [found(keyPath, "is not the key of proxy.certificate; give the one that it was made with")]
      : []),
  ];
}

const day = 86_400_000;

/** A warning: nobody renews a certificate that was given. */
export function soonEnded({ proxy: { certificates } }: Settings, now: Date): Finding[] {
  if (certificates.kind !== "files") return [];
  const end = certificateOf(certificates.certificate)?.validTo;
  const left = end === undefined ? undefined : Math.floor((new Date(end).getTime() - now.getTime()) / day);
  return end !== undefined && left !== undefined && left >= 0 && left < 30
    ? [found(certificatePath, `ends on ${date(end)}, in ${left} days; give a new one before`)]
    : [];
}
