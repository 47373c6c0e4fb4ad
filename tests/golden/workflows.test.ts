import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { makeProgram } from "../../scripts/program";
import { root } from "../support/backline";
import { ensureWorkflowLinters, type WorkflowLinters } from "../support/linters/workflows";

const folder = join(root, ".github", "workflows");
const names = readdirSync(folder).sort();
const paths = names.map((name) => join(folder, name));
const textOf = (name: string): string => readFileSync(join(folder, name), "utf8");

/** A workflow with one mistake for each linter, to see that they look. */
const planted = `name: planted
on: pull_request
permissions: {}
jobs:
  planted:
    name: planted
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v6
      - run: echo $TITLE
`;

describe("the workflows", () => {
  let linters: WorkflowLinters;
  const scratch = mkdtempSync(join(tmpdir(), "backline-workflows-"));
  const bad = join(scratch, "planted.yml");
  beforeAll(async () => {
    linters = await ensureWorkflowLinters();
    writeFileSync(bad, planted);
  }, 300_000);
  afterAll(() => rmSync(scratch, { recursive: true }));

  it("are there", () => {
    expect(names).toEqual(["deploy.yml", "drift.yml", "ephemeral.yml", "preview.yml", "test.yml"]);
  });

  it("have nothing that actionlint finds", async () => {
    expect(await linters.actionlint(paths)).toEqual([]);
    expect((await linters.actionlint([bad])).join("\n")).toContain("SC2086");
  });

  it("have nothing that zizmor finds", async () => {
    expect(await linters.zizmor(paths)).toEqual([]);
    expect((await linters.zizmor([bad])).join("\n")).toMatch(/^artipacked: [\s\S]*^unpinned-uses: /m);
  });

  it("pin one commit of each action, with its version beside it", () => {
    const uses = names.flatMap((name) => textOf(name).match(/uses: .*/g) ?? []);
    for (const line of uses) expect(line).toMatch(/^uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const actions = uses.map((line) => line.replace(/@.*/, ""));
    expect(new Set(uses).size).toBe(new Set(actions).size);
  });

  it.each(names)("give no right that %s has not asked for in a job", (name) => {
    const { permissions, jobs } = parse(textOf(name));
    expect(permissions).toEqual({});
    for (const job of Object.values<{ permissions: unknown; "timeout-minutes": unknown }>(jobs)) {
      expect(Object.keys(job.permissions ?? {})).toHaveLength(1);
      expect(job["timeout-minutes"]).toEqual(expect.any(Number));
    }
  });

  it("call commands and options that there are", () => {
    const calls = names.flatMap((name) => textOf(name).match(/\.\/backline [^|>\n]*/g) ?? []);
    expect(calls.length).toBeGreaterThan(5);
    const known = new Map(makeProgram().commands.map((command) => [command.name(), command]));
    for (const call of calls) {
      const [, word = "", ...rest] = call.trim().split(/\s+/);
      // Its subcommands are tested where it is.
      if (word === "ephemeral") continue;
      const command = known.get(word);
      expect([call, command === undefined]).toEqual([call, false]);
      const options = rest.filter((argument) => argument.startsWith("--"));
      for (const option of options)
        expect([call, command?.options.some(({ long }) => long === option)]).toEqual([call, true]);
    }
  });
});
