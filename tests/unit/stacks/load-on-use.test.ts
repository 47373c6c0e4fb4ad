import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../../support/backline";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backline-on-use-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a program exports that Pulumi begins as it begins Backline's: statements with the SDK as `pulumi`. */
async function exported(statements: string): Promise<unknown> {
  const program = join(folder, "program.mjs");
  const project = JSON.stringify(join(root, "package.json"));
  writeFileSync(
    program,
    `import { createRequire } from "node:module";
     const require = createRequire(${project});
     const pulumi = require("@pulumi/pulumi");
     const { isProxy } = require("node:util").types;
     const isStandIn = (name) => isProxy(require.cache[require.resolve(name)]?.exports);
     const loaded = () => ["typescript", "@npmcli/arborist"].filter((name) => !isStandIn(name));
     ${statements}`,
  );
  const main = pathToFileURL(join(root, "stacks", "main.mjs")).href;
  const show = `console.log(JSON.stringify((await import(${JSON.stringify(main)})).default))`;
  const env = { BACKLINE_PROGRAM: pathToFileURL(program).href };
  const { stdout } = await execa("node", ["--input-type=module", "--eval", show], { env, cwd: root });
  return JSON.parse(stdout);
}

describe("what Pulumi's SDK seldom uses", () => {
  it("is not loaded with the SDK", async () => {
    expect(await exported("export default loaded();")).toEqual([]);
  });

  it("is loaded when it is used, and works: a function becomes text, and packages are found", async () => {
    const { text, paths, after } = Object(
      await exported(
        `const { text } = await pulumi.runtime.serializeFunction(() => 41 + 1);
         const paths = await pulumi.runtime.computeCodePaths({ extraIncludePaths: [] });
         export default { text, paths: [...paths.keys()], after: loaded() };`,
      ),
    );
    expect(text).toContain("41 + 1");
    expect(paths).toContainEqual(expect.stringMatching(/node_modules\/zod$/));
    expect(after).toEqual(["typescript", "@npmcli/arborist"]);
  });
});
