/** The production configuration of the proxy, scanned with testssl.sh over a network of the test's own. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Scanner, startScanner } from "../../support/audit/scanner";
import {
  aboveLow,
  authorityFile,
  authorityFolder,
  type Finding,
  siteChecks,
  testssl,
} from "../../support/audit/testssl";
import { type Production, serveProduction } from "../../support/served-production";

const minute = 60_000;

describe("production's proxy, scanned with testssl.sh", () => {
  let folder: string | undefined;
  let production: Production;
  let scanner: Scanner;
  let api: Finding[];

  const scan = (hostname: string, checks: readonly string[] = []) =>
    testssl(scanner, hostname, production.served.address, checks);
  const found = (ids: readonly string[], scanned = api) =>
    Object.fromEntries(ids.map((id) => [id, scanned.find((finding) => finding.id === id)?.finding]));

  beforeAll(async () => {
    production = await serveProduction();
    folder = await mkdtemp(join(tmpdir(), "backline-authority-"));
    await writeFile(join(folder, authorityFile), production.authority);
    scanner = await startScanner(production.network, { [authorityFolder]: folder });
    api = await scan("api.audifi.io");
  }, 10 * minute);
  afterAll(async () => {
    await scanner?.remove();
    await production?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it("speaks TLS 1.2 and 1.3 and nothing older", () => {
    expect(found(["SSLv2", "SSLv3", "TLS1", "TLS1_1", "TLS1_2", "TLS1_3", "ALPN_HTTP2"])).toEqual({
      SSLv2: "not offered",
      SSLv3: "not offered",
      TLS1: "not offered",
      TLS1_1: "not offered",
      TLS1_2: "offered",
      TLS1_3: expect.stringMatching(/^offered/),
      ALPN_HTTP2: "h2",
    });
  });

  it("offers forward secrecy and authenticated encryption alone", () => {
    const kinds = ["NULL", "aNULL", "EXPORT", "LOW", "3DES_IDEA", "AVERAGE", "STRONG"];
    expect(found(["PFS", ...kinds.map((kind) => `cipherlist_${kind}`)])).toEqual({
      cipherlist_NULL: "not offered",
      cipherlist_aNULL: "not offered",
      cipherlist_EXPORT: "not offered",
      cipherlist_LOW: "not offered",
      cipherlist_3DES_IDEA: "not offered",
      cipherlist_AVERAGE: "not offered",
      cipherlist_STRONG: "offered",
      PFS: "offered",
    });
    expect(found(["TLS_extensions"]).TLS_extensions).toContain("'renegotiation info/#65281'");
  });

  it("leaves nothing above LOW, and every check was made", () => {
    expect(aboveLow(api)).toEqual([]);
    // From the first to the last: a scan that broke off leaves nothing either.
    const made = [
      "SSLv2",
      "cert_chain_of_trust",
      "HSTS_time",
      "heartbleed",
      "BREACH",
      "LUCKY13",
      "RC4",
      "scanTime",
    ];
    expect(Object.entries(found(made)).filter(([, finding]) => finding === undefined)).toEqual([]);
    expect(found(["cert_chain_of_trust"])).toEqual({ cert_chain_of_trust: "passed." });
  });

  it.each(["app.audifi.io", "studio.audifi.io"])(
    "leaves nothing above LOW in what differs between sites: %s",
    async (hostname) => {
      const site = await scan(hostname, siteChecks);
      expect(aboveLow(site)).toEqual([]);
      expect(found(["HSTS_time", "BREACH", "cert_chain_of_trust"], site)).toEqual({
        HSTS_time: "365 days (=31536000 seconds) > 15552000 seconds",
        BREACH: expect.stringContaining("not vulnerable"),
        cert_chain_of_trust: "passed.",
      });
    },
    5 * minute,
  );
});
