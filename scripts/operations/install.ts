import type { ImageName } from "../../components/images/catalogue";
import { OperationError } from "../../components/shared/errors";
import {
  type Progress,
  planToolchain,
  prepareToolchain,
  rememberedToolchain,
  type Toolchain,
  type ToolchainPlan,
  type Way,
} from "../../toolchain";
import { ensureEngine, inspectEngine, planEngine } from "../../toolchain/docker/engine";
import { obstacle } from "../../toolchain/docker/plan";
import { type ImagePlan, type PreparedImages, planImages, prepareImages } from "./images";

export interface InstallOptions {
  /** File that remembers the toolchain. */
  readonly memory: string;
  readonly forced?: Way | undefined;
  /** Whether containers run on this machine. */
  readonly docker: boolean;
  /** Images that Docker on this machine must have. */
  readonly images: readonly ImageName[];
  /** Whether what runs pulls them from a container registry, if nobody says that they are here. */
  readonly pulled: boolean;
}

export interface InstallPlan {
  readonly options: InstallOptions;
  readonly toolchain: ToolchainPlan | undefined;
  readonly images: ImagePlan | undefined;
  /** Everything that will be installed or built, one sentence each. */
  readonly sentences: readonly string[];
}

/** Where Pulumi on this machine comes from, or would come from. Looks and changes nothing. */
export async function engineWay(options: Pick<InstallOptions, "memory">): Promise<Way> {
  const remembered = await rememberedToolchain(options);
  if (remembered !== undefined) return remembered.kind;
  return (await planToolchain(options))?.choice.way ?? "official";
}

/** What a machine lacks. Looks and changes nothing. Throws an OperationError where Backline cannot help. */
export async function planInstall(options: InstallOptions): Promise<InstallPlan> {
  const { memory, forced, pulled } = options;
  const [toolchain, engine, images] = await Promise.all([
    planToolchain({ memory, forced }),
    options.docker ? inspectEngine() : undefined,
    planImages(options.images, { forced, pulled }),
  ]);
  if (engine !== undefined) {
    const reason = obstacle(engine);
    if (reason !== undefined) throw new OperationError(reason);
  }
  const sentences = [
    ...(engine === undefined ? [] : planEngine(engine)),
    ...(toolchain?.sentences ?? []),
    ...(images?.sentences ?? []),
  ];
  return { options, toolchain, images, sentences };
}

/** Tells what will be installed, and goes on only with the user's consent. */
export async function consent(
  plan: Pick<InstallPlan, "sentences">,
  options: {
    readonly yes: boolean;
    readonly ask: (question: string) => Promise<boolean>;
    readonly say: (line: string) => void;
  },
): Promise<void> {
  if (plan.sentences.length === 0) return;
  options.say("This machine lacks something. Backline will:");
  for (const sentence of plan.sentences) options.say(`  - ${sentence}`);
  if (options.yes) return;
  if (!(await options.ask("Go on?"))) throw new OperationError("nothing was installed or changed");
}

export interface Installed {
  readonly toolchain: Toolchain;
  readonly images: PreparedImages | undefined;
}

/** Does what the plan says; builds that do not need each other overlap. */
export async function install(progress: Progress, plan: InstallPlan): Promise<Installed> {
  const { memory, forced, docker } = plan.options;
  const images = async (): Promise<PreparedImages | undefined> => {
    if (docker) await ensureEngine(progress);
    return plan.images === undefined ? undefined : await prepareImages(progress, plan.images);
  };
  const [toolchain, prepared] = await Promise.allSettled([
    prepareToolchain(progress, { memory, forced }, plan.toolchain),
    images(),
  ]);
  if (toolchain.status === "rejected") throw toolchain.reason;
  if (prepared.status === "rejected") throw prepared.reason;
  return { toolchain: toolchain.value, images: prepared.value };
}
