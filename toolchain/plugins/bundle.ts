import { readdirSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";

/** Paths of the launchers that `bundlePlugins` writes. */
export interface BundledPlugins {
  /** `pulumi-resource-command`. */
  readonly command: string;
  /** `pulumi-resource-preview`: to be installed once per package that it stands in for, under that package's name. */
  readonly preview: string;
  /** `pulumi-language-nodejs`: to be found on PATH or beside the `pulumi` executable. */
  readonly languageNodejs: string;
}

const SOURCES = import.meta.dirname;

/** Every file that the bundles are made of, apart from npm packages: what a cache key must cover. */
export function pluginSources(): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(SOURCES, path))
    .sort();
}

/**
 * Bundles each plugin into one file with a launcher beside it, in a directory of its own under `outDir`.
 * One file per plugin, because start-up is on the path of every `pulumi up`: Node.js spends more time on finding
 * many small modules than on running them.
 */
export async function bundlePlugins(outDir: string): Promise<BundledPlugins> {
  const [command, preview, languageNodejs] = await Promise.all([
    bundlePlugin(outDir, "command", "pulumi-resource-command"),
    bundlePlugin(outDir, "preview", "pulumi-resource-preview"),
    bundlePlugin(outDir, "language-nodejs", "pulumi-language-nodejs"),
  ]);
  return { command, preview, languageNodejs };
}

async function bundlePlugin(outDir: string, source: string, name: string): Promise<string> {
  const directory = join(outDir, source);
  await mkdir(directory, { recursive: true });
  await build({
    entryPoints: [join(SOURCES, source, "main.ts")],
    outfile: join(directory, `${name}.cjs`),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    minify: true,
    keepNames: true,
    legalComments: "none",
    logLevel: "silent",
    // ssh2's optional native parts: it does without them when they cannot be found.
    external: ["*.node", "cpu-features"],
  });
  return writeLauncher(directory, name);
}

/**
 * The files that a plugin's folder must hold, by name, for `layOutPlugin` and `layOutBin`.
 * @param launcher One of the paths that `bundlePlugins` gave.
 * @param name Name that the engine looks for, such as `pulumi-resource-cloudflare`. Default: the launcher's own.
 */
export function bundledFiles(launcher: string, name = basename(launcher)): Record<string, string> {
  return { [name]: launcher, [`${basename(launcher)}.cjs`]: `${launcher}.cjs` };
}

/** A launcher in sh, because a file without extension would be read by the rules of the nearest package.json. */
async function writeLauncher(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  const script = [
    "#!/bin/sh",
    "self=$0",
    '[ -L "$self" ] && self=$(readlink -f -- "$self")',
    `exec node "\${self%/*}/${name}.cjs" "$@"`,
    "",
  ];
  await writeFile(path, script.join("\n"));
  await chmod(path, 0o755);
  return path;
}
