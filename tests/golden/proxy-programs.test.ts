import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { configFiles } from "../../components/proxy";
import { reveal } from "../../components/shared/files";
import { makeCertificate } from "../support/certificates";
import { check } from "../support/image-programs";
import { nameKey, proxyCases } from "./proxy-cases";

const folder = join(import.meta.dirname, "proxy");
const names = readdirSync(folder).filter((name) => name.endsWith(".Caddyfile"));

/** What the Caddyfiles refer to, with a real certificate and its key in the place of the words that stand for them. */
function referredFiles(): Record<string, string> {
  const { certificate, key } = makeCertificate({ names: ["api.example.com"], authority: true });
  const files = Object.values(proxyCases).flatMap((routing) => configFiles({ ...routing, nameKey }));
  const real = (name: string) => (name.startsWith("certificate-key-") ? key : certificate);
  return {
    ...Object.fromEntries(
      files.map(({ name, content }) => [name, name.endsWith(".pem") ? real(name) : reveal(content)]),
    ),
    // Made with the stack, and no part of its plan.
    "origin-certificate.pem": certificate,
    "origin-certificate-key.pem": key,
  };
}

describe("the Caddyfile of each setting", () => {
  /** By Caddyfile: the exit codes of `caddy validate` and of `caddy fmt`. */
  let results: Record<string, string> = {};
  let output: string | undefined;

  beforeAll(async () => {
    const caddyfiles = names.map((name) => [name, readFileSync(join(folder, name), "utf8")]);
    const each = [
      "export LIVE_DIRECTORY=$PWD XDG_DATA_HOME=$PWD",
      "for name in *.Caddyfile; do valid=0",
      "formatted=0",
      'caddy validate --adapter caddyfile --config "$name" > log 2>&1 || valid=$?',
      "grep '^Error' log || true",
      'caddy fmt --diff "$name" || formatted=$?',
      'echo "result $name $valid $formatted"; done',
    ].join("; ");
    const run = await check("caddy", { ...referredFiles(), ...Object.fromEntries(caddyfiles) }, each);
    output = run.output;
    const lines = [...(output ?? "").matchAll(/^result (\S+) (\d+ \d+)$/gm)];
    results = Object.fromEntries(lines.map(([, name, codes]) => [name, codes]));
  });

  it.each(names)("is accepted by caddy validate, and formatted as caddy fmt would: %s", (name) => {
    expect(results[name], output).toBe("0 0");
  });
});
