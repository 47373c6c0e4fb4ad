import { createPrivateKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../components/shared/errors";
import { loadFromFile, resolve } from "../../../stacks/settings";
import { makeCertificate } from "../../support/certificates";
import { local, secrets } from "../../support/resolution";

const now = new Date("2026-06-01T00:00:00Z");
const year = { from: "20260101000000Z", until: "20270101000000Z" };
const names = ["audifi.localhost", "*.audifi.localhost"];
const pair = makeCertificate({ names, ...year });
const other = makeCertificate({ names, ...year });
const locked = createPrivateKey(pair.key)
  .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "a password" })
  .toString();
const root = makeCertificate({ names: ["an authority"], ...year, authority: true });

function resolution(proxy: Record<string, unknown>, plainSecrets: readonly string[] = []) {
  const values = { ...local, secrets, proxy: { certificates: "files", ...proxy } };
  return resolve({ stack: "dev", file: "Pulumi.dev.yaml", values, plainSecrets }, { missing: "error", now });
}

const files = ({ certificate, key }: { certificate: string; key: string }) => ({
  certificate,
  certificateKey: key,
});

function errors(proxy: Record<string, unknown>): string[] {
  const result = resolution(proxy);
  return result.ok ? [] : result.errors.map(formatProblem);
}

describe("a given certificate", () => {
  it("is taken with its key, which does not print", () => {
    const result = resolution(files(pair));
    if (!result.ok) throw new Error(result.errors.map(formatProblem).join("\n"));
    const { certificates } = result.settings.proxy;
    expect(certificates).toMatchObject({ kind: "files", certificate: pair.certificate });
    expect(JSON.stringify(certificates)).toContain('"key":"[secret]"');
    expect(certificates.kind === "files" && certificates.key.reveal()).toBe(pair.key);
    expect(result.warnings.map(formatProblem).join()).not.toContain("certificate");
  });

  it("is not looked at where it is encrypted", () => {
    expect(errors({ certificate: "[encrypted]", certificateKey: "[encrypted]" })).toEqual([]);
    expect(errors({ certificate: pair.certificate, certificateKey: "[encrypted]" })).toEqual([]);
  });

  it("has its key encrypted in the stack's file", () => {
    const directory = mkdtempSync(join(tmpdir(), "backline-certificate-key-"));
    const read = (key: string) => {
      const text = `config:\n  backline:proxy: { certificates: files, certificateKey: ${key}, httpPort: 8080 }\n`;
      writeFileSync(join(directory, "Pulumi.dev.yaml"), text);
      return loadFromFile(directory, "dev");
    };
    try {
      expect(read("in plain text").plainSecrets).toEqual(["proxy.certificateKey"]);
      expect(read('{ secure: "v1:x" }')).toMatchObject({
        plainSecrets: [],
        values: { proxy: { certificateKey: "[encrypted]", httpPort: 8080 } },
      });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  const missing =
    "is missing, and certificates: files needs certificate and certificateKey; run: pulumi config set";
  const onlyFiles =
    'is used by certificates: files alone, and proxy.certificates says "internal"; write "files" there or remove this key';

  it.each<[string, Record<string, unknown>, string[]]>([
    [
      "alone",
      { certificate: pair.certificate },
      [`proxy.certificateKey: ${missing} --secret --path 'backline:proxy.certificateKey' < key.pem`],
    ],
    [
      "whose certificate is missing",
      { certificateKey: pair.key },
      [`proxy.certificate: ${missing} --path 'backline:proxy.certificate' < certificate.pem`],
    ],
    [
      "that nobody uses",
      { certificates: "internal", ...files(pair) },
      [`proxy.certificate: ${onlyFiles}`, `proxy.certificateKey: ${onlyFiles}`],
    ],
    [
      "with another one's key",
      { certificate: pair.certificate, certificateKey: other.key },
      ["proxy.certificateKey: is not the key of proxy.certificate; give the one that it was made with"],
    ],
    [
      "that has ended",
      files(makeCertificate({ names, from: "20250101000000Z", until: "20260102000000Z" })),
      ["proxy.certificate: ended on 2026-01-02; give one that is valid"],
    ],
    [
      "that is not valid yet",
      files(makeCertificate({ names, from: "20260701000000Z", until: "20270101000000Z" })),
      ["proxy.certificate: is valid from 2026-07-01 on; give one that is valid now"],
    ],
    [
      "for other names",
      files(makeCertificate({ names: ["api.audifi.localhost"], ...year })),
      [
        "proxy.certificate: does not cover audifi.localhost, app.audifi.localhost, studio.audifi.localhost; give one that covers every host name",
      ],
    ],
    [
      "that does not cover a redirected wildcard",
      { ...files(pair), redirects: [{ from: "*.example.com", to: "example.net" }] },
      ["proxy.certificate: does not cover *.example.com; give one that covers every host name"],
    ],
    [
      "in the place of its key, and the other way round, without showing either",
      { certificate: pair.key, certificateKey: pair.certificate },
      [
        'proxy.certificate: is not a certificate in PEM form; it begins with "-----BEGIN CERTIFICATE-----"',
        'proxy.certificateKey: is not a private key in PEM form; it begins with "-----BEGIN PRIVATE KEY-----"',
      ],
    ],
    [
      "whose key has a password",
      { certificate: pair.certificate, certificateKey: locked },
      [
        "proxy.certificateKey: is protected by a password, which Caddy cannot ask for; give the key without one",
      ],
    ],
  ])("is refused %s", (_name, proxy, lines) => {
    expect(errors(proxy)).toEqual(lines.map((line) => `Pulumi.dev.yaml: ${line}`));
  });

  it("warns in the month before it ends", () => {
    const soon = makeCertificate({ names, from: "20260101000000Z", until: "20260611120000Z" });
    expect(resolution(files(soon)).warnings.map(formatProblem)).toContain(
      "Pulumi.dev.yaml: proxy.certificate: ends on 2026-06-11, in 10 days; give a new one before",
    );
  });
});

describe("the authority of an ACME server", () => {
  const acme = (rootCertificate: string) => ({
    certificates: "acme",
    acme: { directory: "https://acme.internal/directory", rootCertificate },
  });

  it("is taken, and private names with it", () => {
    expect(errors(acme(root.certificate))).toEqual([]);
  });

  it.each([
    ["no certificate", "somebody"],
    ["no authority", pair.certificate],
  ])("is refused when it is %s", (_name, text) => {
    expect(errors(acme(text))).toEqual([
      'Pulumi.dev.yaml: proxy.acme.rootCertificate: is not the certificate of an authority in PEM form; it begins with "-----BEGIN CERTIFICATE-----"',
    ]);
  });
});
