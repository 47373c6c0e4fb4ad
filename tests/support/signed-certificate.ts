import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MadeCertificate } from "./certificates";

export interface SignedCertificate extends MadeCertificate {
  /** Certificate of the authority that signed it. */
  readonly authority: string;
}

/** Addresses that nobody answers at: a scanner wants to see that they are there. */
const extensionsOf = (names: readonly string[]): string =>
  [
    "basicConstraints = critical, CA:FALSE",
    "keyUsage = critical, digitalSignature",
    "extendedKeyUsage = serverAuth",
    "subjectKeyIdentifier = hash",
    "authorityKeyIdentifier = keyid",
    "authorityInfoAccess = OCSP;URI:http://ocsp.authority.invalid",
    "crlDistributionPoints = URI:http://crl.authority.invalid/authority.crl",
    `subjectAltName = ${names.map((name) => `DNS:${name}`).join(",")}`,
  ].join("\n");

/** A certificate as public authorities give: P-256, good for 89 days, signed by an authority made for it alone. */
export function makeSignedCertificate(names: readonly [string, ...string[]]): SignedCertificate {
  const directory = mkdtempSync(join(tmpdir(), "backline-certificate-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: directory, stdio: "pipe" });
  const read = (name: string) => readFileSync(join(directory, name), "utf8");
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const authorityExtensions = [
    "basicConstraints = critical, CA:TRUE",
    "keyUsage = critical, keyCertSign, cRLSign",
  ];
  try {
    openssl(
      ...["req", "-x509", ...key, "-days", "89", "-subj", "/O=Backline tests/CN=Test authority"],
      ...authorityExtensions.flatMap((extension) => ["-addext", extension]),
      ...["-keyout", "authority-key", "-out", "authority"],
    );
    writeFileSync(join(directory, "extensions"), extensionsOf(names));
    openssl("req", "-new", ...key, "-subj", `/CN=${names[0]}`, "-keyout", "key", "-out", "request");
    openssl(
      ...["x509", "-req", "-in", "request", "-days", "89", "-sha256", "-extfile", "extensions"],
      ...["-CA", "authority", "-CAkey", "authority-key", "-CAcreateserial", "-out", "certificate"],
    );
    return { authority: read("authority"), certificate: read("certificate"), key: read("key") };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
