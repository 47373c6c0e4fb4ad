import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { contentHash } from "../../components/shared/names";

const entry = "stacks/index.ts";

/** Milliseconds after which no run can be about to load a bundle that is not the present one. */
const oldAge = 60 * 60 * 1000;

/**
 * The program of a checkout in one file, which `stacks/main.mjs` loads by the URL in `BACKLINE_PROGRAM`: hundreds of
 * sources, each compiled when it is loaded, are most of what a run that changes nothing takes. Empty where there is
 * nothing to bundle, or it does not compile: then the program is loaded from its sources, and says what is wrong.
 */
export async function bundledProgram(root: string): Promise<Readonly<Record<string, string>>> {
  if (!existsSync(join(root, entry))) return {};
  const { build } = await import("esbuild");
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    packages: "external",
    define: { "import.meta.url": JSON.stringify(pathToFileURL(join(root, entry)).href) },
    logLevel: "silent",
    write: false,
  }).catch(() => undefined);
  const text = result?.outputFiles[0]?.text;
  return text === undefined ? {} : { BACKLINE_PROGRAM: pathToFileURL(keep(root, text)).href };
}

/** Writes a bundle under a name that tells its content. */
function keep(root: string, text: string): string {
  const folder = join(root, ".backline", "build");
  const path = join(folder, `program-${contentHash(text, 12)}.mjs`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder).filter((name) => /^program-[0-9a-f]+\.mjs$/.test(name)))
    if (Date.now() - statSync(join(folder, name)).mtimeMs > oldAge)
      rmSync(join(folder, name), { force: true });
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
  return path;
}
