import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { filesBelow } from "../../components/shared/files-below";
import { markUsed, removeUnused } from "../../components/shared/last-use";
import { contentHash } from "../../components/shared/names";
import { replaceFile } from "./state/durable";

const entry = "stacks/index.ts";

/** Where all sources of the program are, and what else decides what is made of them. */
const folders = ["stacks", "components", "services/contract"];
const settings = ["package-lock.json", "tsconfig.json"];

/** Milliseconds after which no run can be about to load a bundle that is not the present one. */
const oldAge = 60 * 60 * 1000;

/**
 * The program of a checkout in one file, which `stacks/main.mjs` loads by the URL in `BACKLINE_PROGRAM`: hundreds of
 * sources, each compiled when it is loaded, are most of what a run that changes nothing takes. It is made again when one
 * of them has changed. Empty where there is nothing to bundle, it does not compile, or a source is somewhere else: then
 * the program is loaded from its sources, and says what is wrong.
 */
export async function bundledProgram(root: string): Promise<Readonly<Record<string, string>>> {
  if (!existsSync(join(root, entry))) return {};
  const path = join(root, ".backline", "build", `program-${sourcesHash(root)}.mjs`);
  const given = { BACKLINE_PROGRAM: pathToFileURL(path).href };
  if (existsSync(path)) {
    markUsed(path);
    return given;
  }
  const text = await bundle(root);
  if (text === undefined) return {};
  keep(path, text);
  return given;
}

/** Hash of all that a bundle is made of; its own place is among it, since the program asks where it is. */
function sourcesHash(root: string): string {
  const sources = folders
    .map((folder) => join(root, folder))
    .filter(existsSync)
    .flatMap(filesBelow);
  const others = settings.map((file) => join(root, file)).filter((file) => existsSync(file));
  const contents = [...sources, ...others].map((path) => [path, readFileSync(path, "utf8")]);
  return contentHash([root, contents], 16);
}

async function bundle(root: string): Promise<string | undefined> {
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
    metafile: true,
    write: false,
  }).catch(() => undefined);
  const isKnown = (input: string): boolean => folders.some((folder) => input.startsWith(`${folder}/`));
  return result !== undefined && Object.keys(result.metafile.inputs).every(isKnown)
    ? result.outputFiles[0]?.text
    : undefined;
}

/** Writes a bundle at once, since another run may load it, and removes those that nobody loads any more. */
function keep(path: string, text: string): void {
  const folder = join(path, "..");
  mkdirSync(folder, { recursive: true });
  const bundles = readdirSync(folder).filter((name) => /^program-[0-9a-f]+\.mjs$/.test(name));
  removeUnused(
    bundles.map((name) => join(folder, name)),
    oldAge,
  );
  replaceFile(path, text);
}
