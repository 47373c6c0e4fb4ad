import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundledProgram } from "../../../scripts/operations/program-bundle";
import { root as project } from "../../support/backline";

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "backline-program-")));
  mkdirSync(join(root, "stacks"));
});
afterEach(() => rmSync(root, { recursive: true }));

const program = (text: string): void => writeFileSync(join(root, "stacks", "index.ts"), text);
const bundles = (): string[] => readdirSync(join(root, ".backline", "build"));

/** What Pulumi is given when it loads `stacks/main.mjs`. */
const outputs = async (env: Readonly<Record<string, string>>): Promise<unknown> => {
  const main = pathToFileURL(join(project, "stacks", "main.mjs")).href;
  const show = `console.log(JSON.stringify((await import(${JSON.stringify(main)})).default))`;
  const { stdout } = await execa("node", ["--input-type=module", "--eval", show], { env });
  return JSON.parse(stdout);
};

describe("the program's bundle", () => {
  it("is what stacks/main.mjs loads, with the place of its source", async () => {
    writeFileSync(join(root, "stacks", "other.ts"), "export const answer: number = 42;");
    program('import { answer } from "./other"; export default { answer, from: import.meta.url };');
    expect(await outputs(await bundledProgram(root))).toEqual({
      answer: 42,
      from: pathToFileURL(join(root, "stacks", "index.ts")).href,
    });
  });

  it("is there for Backline's own program", async () => {
    const { BACKLINE_PROGRAM: url = "" } = await bundledProgram(project);
    expect(readFileSync(fileURLToPath(url), "utf8")).toContain('from "@pulumi/pulumi"');
  });

  it("is made again when a source changes, or the packages do", async () => {
    const other = (text: string): void => writeFileSync(join(root, "stacks", "other.ts"), text);
    program('export { answer as default } from "./other";');
    const changes = [
      () => other("export const answer = 41;"),
      () => other("export const answer = 42;"),
      () => writeFileSync(join(root, "package-lock.json"), "{}"),
    ];
    const seen: unknown[] = [];
    for (const change of changes) {
      change();
      seen.push(await outputs(await bundledProgram(root)));
    }
    expect(seen).toEqual([41, 42, 42]);
    expect(bundles()).toHaveLength(3);
  });

  it("is one file for one content, and takes the place of those that nobody loads any more", async () => {
    program("export default 1;");
    const first = await bundledProgram(root);
    expect(await bundledProgram(root)).toEqual(first);
    expect(bundles()).toHaveLength(1);
    program("export default 2;");
    const second = await bundledProgram(root);
    expect(bundles()).toHaveLength(2);
    const then = Date.now() / 1000 - 2 * 60 * 60;
    for (const { BACKLINE_PROGRAM: url = "" } of [first, second]) utimesSync(fileURLToPath(url), then, then);
    program("export default 3;");
    const { BACKLINE_PROGRAM: third = "" } = await bundledProgram(root);
    expect(bundles()).toEqual([third.slice(third.lastIndexOf("/") + 1)]);
  });

  it.each([
    ["there is no program", undefined],
    ["it does not compile", "export default {;"],
    ["something that it imports is not there", 'export { x as default } from "./gone";'],
    ["a source is none whose changes are looked for", 'export { x as default } from "../elsewhere";'],
  ])("is none where %s", async (_why, text) => {
    if (text !== undefined) program(text);
    writeFileSync(join(root, "elsewhere.ts"), "export const x = 1;");
    expect(await bundledProgram(root)).toEqual({});
    expect(existsSync(join(root, ".backline"))).toBe(false);
  });
});
