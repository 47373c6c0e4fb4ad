import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { root } from "../../support/backline";

/** What is on the path of commands that people run all day. */
const commands = ["check", "destroy", "drift", "outputs", "preview", "refresh", "rollback", "status", "up"];

/** Paths of packages that a module loads when it is imported, by the module of ours that imports each. */
async function packagesOf(entry: string): Promise<Map<string, string[]>> {
  const { metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    metafile: true,
    write: false,
    outdir: join(root, ".backline", "tmp"),
    logLevel: "silent",
  });
  const found = new Map<string, string[]>();
  const seen = new Set([entry]);
  for (const module of seen)
    for (const { path, kind, external } of metafile.inputs[module]?.imports ?? []) {
      if (kind === "dynamic-import") continue;
      if (external) found.set(path, [...(found.get(path) ?? []), module]);
      else seen.add(path);
    }
  return found;
}

it.each(commands)(
  "%s loads no SDK of Pulumi's, which takes longer than all else that it loads",
  async (command) => {
    const packages = await packagesOf(`scripts/operations/${command}.ts`);
    expect([...packages.keys()]).toContain("zod");
    expect([...packages].filter(([path]) => /^@pulumi(verse)?\//.test(path))).toEqual([]);
  },
);
