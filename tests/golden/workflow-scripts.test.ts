import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { root } from "../support/backline";

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { name?: string; run?: string }[] }>>;
}

/** The script of a step, as it stands in a workflow. */
function scriptOf(workflow: string, job: string, step: string): string {
  const { jobs }: Workflow = parse(readFileSync(join(root, ".github", "workflows", workflow), "utf8"));
  const script = jobs[job]?.steps.find(({ name }) => name === step)?.run;
  if (script === undefined) throw new Error(`${workflow} has no step "${step}" in ${job}`);
  return script;
}

/** Notes its arguments, and answers a listing with what is in FOUND. */
const gh = `#!/bin/sh
case "$*" in *--jq*) printf '%s' "$FOUND" ;; *) echo "$*" >> "$CALLS" ;; esac
echo "marker $MARKER" >> "$CALLS"
`;

describe("scripts of the workflows", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "backline-workflow-"));
    writeFileSync(join(folder, "gh"), gh, { mode: 0o755 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }

  /** Runs a script as the runner does, and answers how it called GitHub. */
  async function callsOf(script: string, found: string): Promise<string[]> {
    const calls = join(folder, "calls");
    writeFileSync(calls, "");
    await execa("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
      cwd: folder,
      env: {
        PATH: `${folder}:${process.env.PATH}`,
        FOUND: found,
        CALLS: calls,
        REPOSITORY: "o/r",
        NUMBER: "7",
      },
    });
    return readFileSync(calls, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  }

  describe("comments on a pull request", () => {
    const script = scriptOf("preview.yml", "comment", "Write or edit the comments");
    const marker = "marker <!-- backline preview staging -->";
    beforeEach(() => write("comments/staging.md", "<!-- backline preview staging -->\n\n### x\n"));

    it("are written where there is none", async () => {
      expect(await callsOf(script, "")).toEqual([
        marker,
        "api --silent --method POST repos/o/r/issues/7/comments --field body=@comments/staging.md",
        marker,
      ]);
    });

    it("are edited in their place where there is one", async () => {
      expect(await callsOf(script, "41\n42\n")).toEqual([
        marker,
        "api --silent --method PATCH repos/o/r/issues/comments/41 --field body=@comments/staging.md",
        marker,
      ]);
    });

    it("are left out where a file is no comment", async () => {
      write("comments/staging.md", "<!-- backline preview x --> or else\n");
      expect(await callsOf(script, "41\n")).toEqual([]);
    });
  });

  describe("the issue of a drift", () => {
    const script = scriptOf("drift.yml", "report", "Open, edit or close the issues");
    const calls = async (found: string) =>
      (await callsOf(script, found)).filter((line) => !line.startsWith("marker"));

    it("is opened, and edited while it is open", async () => {
      write("report/drift/staging.md", "<!-- backline drift staging -->\n");
      expect(await calls("")).toEqual([
        "api --silent --method POST repos/o/r/issues --raw-field title=Drift of staging --field body=@report/drift/staging.md",
      ]);
      expect(await calls("9\n")).toEqual([
        "api --silent --method PATCH repos/o/r/issues/9 --field body=@report/drift/staging.md",
      ]);
    });

    it("is closed when nothing differs, and not opened for that", async () => {
      write("report/clean/staging.md", "<!-- backline drift staging -->\n");
      expect(await calls("9\n")).toEqual([
        "api --silent --method PATCH repos/o/r/issues/9 --raw-field state=closed --raw-field state_reason=completed --field body=@report/clean/staging.md",
      ]);
      expect(await calls("")).toEqual([]);
    });
  });
});
