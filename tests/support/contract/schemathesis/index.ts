/** Schemathesis reads /openapi.json and sends what it allows and what it forbids. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { guest, type Person } from "../people";
import type { ContractTarget } from "../target";
import { startForwarder } from "./forwarder";
import { ensureSchemathesis } from "./install";

/** https://schemathesis.readthedocs.io/en/stable/reference/checks/ */
const checks = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "negative_data_rejection",
];

/** Cases that each operation is tried with at most in the random phases; sized for a minute on 2 cores. */
const examples = 25;
const seed = 20_251;
const longestMinutes = 4;

/** The end of the report, where the failures are. */
function failures(report: string): string {
  const start = report.search(/=+ (FAILURES|ERRORS) =+/);
  return report.slice(start === -1 ? -20_000 : start, start === -1 ? undefined : start + 40_000);
}

export function describeSchemathesis(target: ContractTarget): void {
  describe("schemathesis over /openapi.json", () => {
    it("finds no server error and no answer that breaks the schema", { timeout: 8 * 60_000 }, async () => {
      const [program, ...start] = await ensureSchemathesis();
      const folder = await mkdtemp(join(tmpdir(), "backline-schemathesis-"));
      const person = await guest(target);
      // Whoever signs out needs a session of their own.
      const caller = (path: string): Promise<Person> =>
        path.startsWith("/v1/auth/sign-out") ? guest(target) : Promise.resolve(person);
      const forwarder = await startForwarder(target, async (path) => (await caller(path)).token);
      try {
        // An empty file of its own: settings of folders above are not read.
        const config = join(folder, "schemathesis.toml");
        await writeFile(config, "");
        const { exitCode, stdout, stderr } = await execa(
          program,
          [
            ...[...start, "--config-file", config, "run", `${forwarder.url}/openapi.json`],
            ...["--checks", checks.join(","), "--phases", "examples,coverage,fuzzing,stateful"],
            ...["--max-examples", String(examples), "--seed", String(seed), "--workers", "2"],
            ...["--generation-with-security-parameters", "false", "--generation-database", "none"],
            ...["--suppress-health-check", "all", "--request-timeout", "20", "--continue-on-failure"],
            ...["--warnings", "off", "--no-color"],
          ],
          { cwd: folder, reject: false, timeout: longestMinutes * 60_000, stdin: "ignore" },
        );
        expect(exitCode, `${failures(stdout)}\n${stderr}`).toBe(0);
        expect(stdout).toMatch(/Test cases:\s+\d{3,} generated/i);
      } finally {
        await forwarder.close();
        await rm(folder, { recursive: true, force: true });
      }
    });
  });
}
