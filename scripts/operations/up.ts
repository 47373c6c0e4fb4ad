import { setTimeout as sleep } from "node:timers/promises";
import { OperationError } from "../../components/shared/errors";
import { usedImages } from "../../stacks/images";
import { loadFromFile, stackFile } from "../../stacks/settings/load-file";
import { secretNames } from "../../stacks/settings/schema";
import type { Settings } from "../../stacks/settings/settings";
import { createProgress, type Progress, type Way } from "../../toolchain";
import { canPull } from "../../toolchain/images";
import { ensureSsh, planSsh } from "../../toolchain/ssh";
import { ask, requireAnswer } from "./ask";
import { checkStack, isInitialised, whyNotInitialised } from "./check-stack";
import { type DockerTarget, dockerTarget } from "./docker";
import { engineArguments, runPulumi } from "./engine";
import { refuseForeign } from "./foreign";
import { mustSend, neededImages, needsDocker } from "./images";
import { ensureStackFile, initialise } from "./initialise";
import { consent, engineWay, install, planInstall } from "./install";
import { readOutputs } from "./outputs";
import { requirePorts } from "./ports";
import { projectPaths } from "./project";
import { reach } from "./reach";
import { recover } from "./recover";
import { say } from "./say";
import { type Session, sessionFor } from "./session";
import { setStackValues } from "./stack-file";
import { withStackLock } from "./stack-lock";
import { type StackStatus, stackStatus } from "./status";
import { sweepUnknown } from "./sweep";

export interface UpOptions {
  readonly root: string;
  readonly stack: string;
  readonly yes: boolean;
  readonly forced?: Way | undefined;
  readonly verbose?: boolean | undefined;
}

/** Checks, installs what is missing, deploys, and answers what runs. */
export async function up(options: UpOptions): Promise<StackStatus> {
  const { root, stack } = options;
  requireAnswer("up", options.yes);
  if (stack === "dev" && ensureStackFile(root, stack)) say(`made ${stackFile(stack)}`);
  const settings = checkBeforeUp(root, stack);
  return await withStackLock(root, stack, `up ${stack}`, async () => {
    await installSsh(settings, options.yes);
    return await deploy(options, settings, await reach(settings, "deploy"));
  });
}

/** What reaches a host comes first: everything else is decided after asking the host. */
async function installSsh({ host }: Settings, yes: boolean): Promise<void> {
  if (host.address === undefined) return;
  await consent({ sentences: planSsh() }, { yes, ask, say });
  await ensureSsh(createProgress());
}

/** Only `dev` gets its secrets by itself: another stack's may belong to data that is somewhere already. */
function checkBeforeUp(root: string, stack: string): Settings {
  const { settings } = checkStack(root, stack, {
    missing: stack === "dev" ? "warn" : "error",
  });
  if (stack !== "dev" && !isInitialised(root, stack))
    throw new OperationError(whyNotInitialised(root, stack));
  return settings;
}

async function deploy(options: UpOptions, settings: Settings, target: DockerTarget): Promise<StackStatus> {
  const { root, stack, forced, verbose, yes } = options;
  const progress = createProgress();
  const memory = projectPaths(root).toolchain;
  const sends = await mustSend(settings, {
    said: Object(loadFromFile(root, stack).values.images).source,
    forced,
    engine: () => engineWay({ memory }),
    probe: () => canPull(usedImages(settings)),
  });
  const wanted: Settings = sends
    ? { ...settings, images: { ...settings.images, source: "local" } }
    : settings;
  const plan = await planInstall({
    memory,
    forced,
    docker: needsDocker(wanted),
    images: neededImages(wanted),
  });
  await consent(plan, { yes, ask, say });
  const { toolchain, images } = await install(progress, plan);
  if (images?.local || sends) useLocalImages(root, stack, settings, images?.unavailable ?? []);
  const session = sessionFor({ root, stack, toolchain });
  await refuseForeign(root, target);
  await requirePorts(settings);
  if (stack === "dev" && needsInit(root, stack))
    for (const made of (await initialise(session)).made) say(`made ${made}`);
  if (!yes) {
    await runPulumi(session, engineArguments("preview", session), { show: say, verbose });
    if (!(await ask(`Do this to ${stack}?`))) throw new OperationError("nothing was changed");
  }
  await recover(session, target, verbose ?? false);
  await runPulumi(session, [...engineArguments("up", session), "--yes", "--skip-preview"], {
    show: say,
    verbose,
  });
  return await report(session, settings, progress);
}

function needsInit(root: string, stack: string): boolean {
  if (!isInitialised(root, stack)) return true;
  const secrets: unknown = loadFromFile(root, stack).values.secrets;
  return secretNames.some((name) => !Object.hasOwn(Object(secrets), name));
}

/** Says in the stack's file that images are on Docker already, so that plain `pulumi` knows it too. */
function useLocalImages(
  root: string,
  stack: string,
  settings: Settings,
  unavailable: readonly string[],
): void {
  const isSaid = settings.images.source === "local" && unavailable.length === 0;
  if (isSaid) return;
  setStackValues(root, stack, {
    images: { source: "local", ...(unavailable.length === 0 ? {} : { unavailable: [...unavailable] }) },
  });
  const without = unavailable.length === 0 ? "" : `, without ${unavailable.join(", ")}`;
  say(
    `${stackFile(stack)} now says images.source: local${without}, because images ${settings.host.address === undefined ? "were built on" : "are sent to the host from"} this machine`,
  );
}

/** Containers answer when the deploy ends; Docker's own word for it follows with the next of its checks. */
const healthSeconds = 30;

async function report(session: Session, settings: Settings, progress: Progress): Promise<StackStatus> {
  const target = dockerTarget(settings);
  const outputs = await readOutputs(session);
  await sweepUnknown(target, outputs);
  const look = async (): Promise<{ status: StackStatus; waiting: string[] }> => {
    const status = await stackStatus(target, outputs);
    const starting = status.containers.filter(({ health }) => health === "starting");
    return { status, waiting: starting.map(({ name }) => name) };
  };
  const first = await look();
  if (first.waiting.length === 0) return first.status;
  const end = Date.now() + healthSeconds * 1000;
  return await progress.task("Docker's first health check of new containers", async (detail) => {
    for (let { status, waiting } = first; ; { status, waiting } = await look()) {
      if (waiting.length === 0 || Date.now() >= end) return status;
      detail(`waiting for ${waiting.join(", ")}`);
      await sleep(1000);
    }
  });
}
