import { buildGoTools } from "./go-build";
import { goTools } from "./go-tools";
import type { Progress } from "./progress";
import { type FolderFiles, layOutBin, layOutPlugin } from "./pulumi-home";
import { versions } from "./versions";

export interface EngineOptions {
  /** PULUMI_HOME of the runs that use this engine: plugins are installed below it. */
  readonly pulumiHome: string;
  /** Folder to make for PATH. */
  readonly binDir: string;
  /** Further files of the bin folder: `pulumi-language-nodejs` and what it needs. Default: none. */
  readonly binFiles?: FolderFiles;
}

export interface Engine {
  readonly pulumiHome: string;
  readonly binDir: string;
}

/** Builds the Pulumi engine and the Docker plugin where the cache does not hold them, and installs both. */
export async function buildEngine(progress: Progress, options: EngineOptions): Promise<Engine> {
  const { pulumiHome, binDir, binFiles = {} } = options;
  const built = await buildGoTools(progress, [
    "pulumi",
    "terraform-bridge",
    "terraform-provider-docker",
    "pulumi-resource-docker",
  ]);
  await layOutBin(binDir, { ...binFiles, [goTools.pulumi.binary]: built.pulumi });
  // The plugin looks for the two programs behind it in its own folder.
  await layOutPlugin(pulumiHome, {
    name: "docker",
    version: versions.providers.docker,
    files: {
      [goTools["pulumi-resource-docker"].binary]: built["pulumi-resource-docker"],
      [goTools["terraform-bridge"].binary]: built["terraform-bridge"],
      [goTools["terraform-provider-docker"].binary]: built["terraform-provider-docker"],
    },
  });
  return { pulumiHome, binDir };
}
