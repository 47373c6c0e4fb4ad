import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";

/** Programs of a test's own, found before those of the machine. */
export interface FakePrograms {
  /** Puts a POSIX shell script on PATH. `$last` is its last argument. */
  readonly add: (name: string, script: string) => void;
  /** The last argument of every call of a program, in order. */
  readonly calls: (name: string) => string[];
  readonly remove: () => void;
}

/** Until `remove` is called, PATH and HOME are of the test's own. */
export function fakePrograms(): FakePrograms {
  const folder = mkdtempSync(join(tmpdir(), "backline-programs-"));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  vi.stubEnv("PATH", `${bin}:${process.env.PATH ?? ""}`);
  vi.stubEnv("HOME", folder);
  const log = (name: string) => join(folder, `${name}.log`);
  return {
    add: (name, script) => {
      writeFileSync(log(name), "");
      const lines = [
        "#!/bin/sh",
        'for last in "$@"; do :; done',
        `printf '%s\\n' "$last" >> ${log(name)}`,
        script,
      ];
      writeFileSync(join(bin, name), `${lines.join("\n")}\n`, { mode: 0o755 });
    },
    calls: (name) =>
      readFileSync(log(name), "utf8")
        .split("\n")
        .filter((line) => line !== ""),
    remove: () => {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Standard output while something runs, in the place of printing it. */
export function captureOutput(): { readonly text: () => { stdout: string; stderr: string } } {
  const written = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    vi.spyOn(process[stream], "write").mockImplementation((chunk) => {
      written[stream] += String(chunk);
      return true;
    });
  return { text: () => ({ ...written }) };
}
