import { join } from "node:path";
import { buildEngine } from "./build";
import { cached, cacheRoot, contentKey, filesBelow } from "./cache";
import { type BundledPlugins, bundledFiles, bundlePlugins, pluginSources } from "./plugins/bundle";
import type { Progress } from "./progress";
import { layOutPlugin } from "./pulumi-home";
import { versions } from "./versions";

const folder = import.meta.dirname;
const lockFile = join(folder, "..", "package-lock.json");

/** Providers that no package registry has: their previews are answered by the stand-in, everything else is refused. */
const previewOnly = ["cloudflare", "vercel"] as const;

/** Changes with everything that the tools are made of. */
export async function toolsKey(): Promise<string> {
  const go = await filesBelow(join(folder, "go"));
  const sources = pluginSources().map((path) => ({ name: path.slice(folder.length), path }));
  return await contentKey(
    [JSON.stringify(versions), JSON.stringify(previewOnly)],
    [...go, ...sources, { name: "package-lock.json", path: lockFile }],
  );
}

/** Folder of the tools with this key; it may not exist. */
export const toolsFolder = (key: string): string => join(cacheRoot(), "tools", key);

/** The plugins that are written in TypeScript, each as one file. */
async function plugins(progress: Progress, key: string): Promise<BundledPlugins> {
  const made = await cached({
    name: "plugins",
    key,
    build: async (staging) => {
      await progress.task("Pulumi plugins in TypeScript", () => bundlePlugins(staging));
    },
  });
  const launcher = (source: string, name: string): string => join(made, source, name);
  return {
    command: launcher("command", "pulumi-resource-command"),
    preview: launcher("preview", "pulumi-resource-preview"),
    languageNodejs: launcher("language-nodejs", "pulumi-language-nodejs"),
  };
}

const standIn = (preview: string, name: keyof typeof versions.providers) => ({
  name,
  version: versions.providers[name],
  files: bundledFiles(preview, `pulumi-resource-${name}`),
});

/**
 * A Pulumi home in which the stand-in answers for every provider: previews in it reach no Docker, host or vendor.
 * Answers its path.
 */
export async function preparePreviewHome(progress: Progress, key: string): Promise<string> {
  const { preview } = await plugins(progress, key);
  const home = join(toolsFolder(key), "preview-home");
  for (const name of Object.keys(versions.providers) as (keyof typeof versions.providers)[])
    await layOutPlugin(home, standIn(preview, name));
  return home;
}

export interface BuiltTools {
  readonly pulumiHome: string;
  /** For PATH: `pulumi` and its language host. */
  readonly binDir: string;
}

/** Builds engine and plugins from package registries, and puts them where the engine looks for them. */
export async function prepareBuiltTools(progress: Progress, key: string): Promise<BuiltTools> {
  const { command, preview, languageNodejs } = await plugins(progress, key);
  const pulumiHome = join(toolsFolder(key), "home");
  const built = await buildEngine(progress, {
    pulumiHome,
    binDir: join(toolsFolder(key), "bin"),
    binFiles: bundledFiles(languageNodejs),
  });
  await layOutPlugin(pulumiHome, {
    name: "command",
    version: versions.providers.command,
    files: bundledFiles(command),
  });
  for (const name of previewOnly) await layOutPlugin(pulumiHome, standIn(preview, name));
  return built;
}
