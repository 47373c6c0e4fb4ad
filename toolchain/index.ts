import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { OperationError } from "../components/shared/errors";
import { cacheRoot } from "./cache";
import { answers, type Choice, chooseEngine, describeChoice, isUsable, type Way, ways } from "./choose";
import { prepareBuiltTools, preparePreviewHome, toolsKey } from "./homes";
import { downloadEngine, findOwnEngine, officialProbe, ownPulumiHome } from "./official";
import type { Progress } from "./progress";
import { versions } from "./versions";

export type { Choice, Way } from "./choose";
export { createProgress, type Progress } from "./progress";

/** The Pulumi engine and its plugins, ready to run. */
export interface Toolchain {
  readonly kind: Way;
  /** The program. */
  readonly pulumi: string;
  /** PULUMI_HOME of its runs. */
  readonly pulumiHome: string;
  /** PULUMI_HOME of previews that may reach nothing: a stand-in answers for every provider. */
  readonly previewHome: string;
  /** Folders that come first on PATH. */
  readonly path: readonly string[];
  /** Further variables of its runs. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface ToolchainOptions {
  /** File that remembers the choice, so that later runs neither ask the network nor build. */
  readonly memory: string;
  readonly forced?: Way | undefined;
}

const remembered = z.object({
  key: z.string(),
  toolchain: z.object({
    kind: z.enum(["official", "registry"]),
    pulumi: z.string(),
    pulumiHome: z.string(),
    previewHome: z.string(),
    path: z.array(z.string()),
    environment: z.record(z.string(), z.string()),
  }),
});

/** The toolchain of an earlier run, if all of it is still there and nothing that it was made from has changed. */
export async function rememberedToolchain(options: ToolchainOptions): Promise<Toolchain | undefined> {
  const key = await toolsKey();
  return await recall(options, key);
}

async function recall({ memory, forced }: ToolchainOptions, key: string): Promise<Toolchain | undefined> {
  const text = await readFile(memory, "utf8").catch(() => "null");
  const found = remembered.safeParse(parse(text));
  if (!found.success || found.data.key !== key) return undefined;
  const { toolchain } = found.data;
  if (forced !== undefined && forced !== toolchain.kind) return undefined;
  const docker = join(toolchain.pulumiHome, "plugins", `resource-docker-v${versions.providers.docker}`);
  const needed = [
    toolchain.pulumi,
    toolchain.previewHome,
    ...toolchain.path,
    // The official engine gets its plugins by itself.
    ...(toolchain.kind === "registry" ? [docker] : []),
  ];
  return needed.every((path) => existsSync(path)) ? toolchain : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function remember(memory: string, key: string, toolchain: Toolchain): Promise<void> {
  await mkdir(dirname(memory), { recursive: true });
  const staging = `${memory}.${process.pid}`;
  await writeFile(staging, `${JSON.stringify({ key, toolchain }, null, 2)}\n`);
  await rename(staging, memory);
}

/** What is chosen, and what that means for this machine in sentences; nothing to do means none. */
export interface ToolchainPlan {
  readonly choice: Choice;
  readonly sentences: readonly string[];
}

/** Decides and looks; changes nothing. Undefined if a remembered toolchain will do. */
export async function planToolchain(options: ToolchainOptions): Promise<ToolchainPlan | undefined> {
  if ((await rememberedToolchain(options)) !== undefined) return undefined;
  const own = await findOwnEngine();
  const choice = await chooseEngine({ forced: options.forced, own, probe: () => answers(officialProbe) });
  const plugins = "Its plugins come from Pulumi's site when they are first used.";
  const sentences =
    choice.way === "registry"
      ? [
          `Build Pulumi ${versions.pulumi} and its plugins from Go modules and npm packages into ${cacheRoot()}; what is there already is kept.`,
        ]
      : own !== undefined && isUsable(own)
        ? [`Use ${own.path}, Pulumi ${own.version}. ${plugins}`]
        : [`Download Pulumi ${versions.pulumi} from get.pulumi.com into ${cacheRoot()}. ${plugins}`];
  return { choice, sentences };
}

/**
 * The engine and its plugins: those of an earlier run, or chosen, downloaded or built now, with progress.
 * @param plan What `planToolchain` said; without it the choice is made here.
 * @throws OperationError if neither way works.
 */
export async function prepareToolchain(
  progress: Progress,
  options: ToolchainOptions,
  plan?: ToolchainPlan,
): Promise<Toolchain> {
  const key = await toolsKey();
  const earlier = await recall(options, key);
  if (earlier !== undefined) return earlier;
  const decided = plan ?? (await planToolchain(options));
  if (decided === undefined)
    throw new OperationError("the remembered toolchain vanished; run the command again");
  progress.note(describeChoice("Pulumi and its plugins", decided.choice));
  const previewHome = await preparePreviewHome(progress, key);
  const toolchain =
    decided.choice.way === "registry"
      ? await registryToolchain(progress, key, previewHome)
      : await officialToolchain(progress, previewHome);
  await remember(options.memory, key, toolchain);
  return toolchain;
}

async function registryToolchain(progress: Progress, key: string, previewHome: string): Promise<Toolchain> {
  const { pulumiHome, binDir } = await prepareBuiltTools(progress, key);
  return {
    kind: "registry",
    pulumi: join(binDir, "pulumi"),
    pulumiHome,
    previewHome,
    path: [binDir],
    // Everything is there: a missing plugin is a mistake that no download would mend.
    environment: { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" },
  };
}

async function officialToolchain(progress: Progress, previewHome: string): Promise<Toolchain> {
  const own = await findOwnEngine();
  const usable = own !== undefined && isUsable(own);
  const folder = usable ? dirname(own.path) : await downloadEngine(progress);
  return {
    kind: "official",
    pulumi: usable ? own.path : join(folder, "pulumi"),
    pulumiHome: ownPulumiHome(),
    previewHome,
    path: [folder],
    environment: {},
  };
}

/** Whether a text names a way, for the command line. */
export const isWay = (text: string): text is Way => ways.some((way) => way === text);
