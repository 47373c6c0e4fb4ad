import { z } from "zod";
import type { Scanner } from "./scanner";

const findings = z.array(z.object({ id: z.string(), severity: z.string(), finding: z.string() }));
export type Finding = z.infer<typeof findings>[number];

/** Where the scanner finds the certificate of the authority that the site's certificate is to be trusted by. */
export const authorityFolder = "/authority";
export const authorityFile = "authority.pem";

/** A scan of what differs between sites that share one TLS configuration: certificate, headers, compression. */
export const siteChecks = ["--server-defaults", "--headers", "--breach"] as const;

/**
 * Scans a site with testssl.sh.
 * @param address Where the site answers; its name is looked up nowhere.
 * @param checks Options that choose checks; none: all of them, which takes a minute.
 */
export async function testssl(
  scanner: Scanner,
  hostname: string,
  address: string,
  checks: readonly string[] = [],
): Promise<Finding[]> {
  const output = `/tmp/${hostname}.json`;
  const quiet = ["--quiet", "--warnings", "off", "--color", "0"];
  const where = ["--nodns", "none", "--ip", address, "--add-ca", `${authorityFolder}/${authorityFile}`];
  const { stdout, exitCode } = await scanner.run([
    ...["testssl", ...checks, ...quiet, ...where, "--jsonfile", output, `https://${hostname}`],
  ]);
  const file = await scanner.run(["cat", output]);
  if (file.exitCode !== 0) throw new Error(`testssl.sh ended with exit code ${exitCode}: ${stdout}`);
  return findings.parse(JSON.parse(file.stdout));
}

const harmless: readonly string[] = ["OK", "INFO", "LOW"];

/** What testssl could not find out, with the reason; a finding about the site itself is never left out. */
const warnings: Readonly<Record<string, string>> = {
  engine_problem: "The scanner's own OpenSSL has no ciphers of GOST.",
  secure_renego:
    "Asks without a server name, which no site answers. That it is secure is in TLS_extensions, and proxy-tls.test.ts sees that a client cannot begin it.",
};

/** What is worse than LOW, as `severity id: finding`, and what could not be checked. */
export const aboveLow = (scan: readonly Finding[]): string[] =>
  scan
    .filter(({ id, severity }) => !harmless.includes(severity) && !(severity === "WARN" && id in warnings))
    .map(({ id, severity, finding }) => `${severity} ${id}: ${finding}`);
