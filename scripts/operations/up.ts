import { OperationError } from "../../components/shared/errors";
import { usedImages } from "../../stacks/images";
import { loadFromFile, stackFile } from "../../stacks/settings/load-file";
import type { Settings } from "../../stacks/settings/settings";
import { createProgress, type Way } from "../../toolchain";
import { canPull } from "../../toolchain/images";
import { ensureSsh, planSsh } from "../../toolchain/ssh";
import { ask, requireAnswer } from "./ask";
import { checkStack, isInitialised, requireInitialised } from "./check-stack";
import type { DockerTarget } from "./docker";
import { engineArguments, runPulumi } from "./engine";
import { refuseForeign } from "./foreign";
import { mustSend, neededImages, needsDocker } from "./images";
import { ensureStackFile, initialise, missingSecrets } from "./initialise";
import { consent, engineWay, install, planInstall } from "./install";
import { requirePorts } from "./ports";
import { giveWay } from "./priority";
import { projectPaths } from "./project";
import { reach } from "./reach";
import { rollOut } from "./rollout";
import { requireRoom, roomOfDocker, roomOfState } from "./room";
import { requireSameData } from "./same-data";
import { say } from "./say";
import { type Session, sessionFor } from "./session";
import { holdRelease, setStackValues } from "./stack-file";
import { withStackLock } from "./stack-lock";
import { backUpBefore } from "./state/backup";
import { requireReadableState } from "./state-file";
import type { StackStatus } from "./status";

export interface UpOptions {
  readonly root: string;
  readonly stack: string;
  readonly yes: boolean;
  /** `held`: what the stack's file says; `sources`: lets go of a release that it holds. */
  readonly release: "held" | "sources";
  readonly forced?: Way | undefined;
  readonly verbose?: boolean | undefined;
}

/** Checks, installs what is missing, deploys, and answers what runs. */
export async function up(options: UpOptions): Promise<StackStatus> {
  const { root, stack, release } = options;
  const command = commandOf(options);
  requireAnswer(command, options.yes);
  if (stack === "dev" && ensureStackFile(root, stack)) say(`made ${stackFile(stack)}`);
  const settings = checkBeforeUp(root, stack, release);
  requireRoom(await roomOfState(root));
  return await withStackLock(root, stack, `${command} ${stack}`, () => upLocked(options, settings));
}

/** The part of `up` that needs the stack's lock, for who holds it and has checked the settings. */
export async function upLocked(options: UpOptions, settings: Settings): Promise<StackStatus> {
  backUpBefore(options.root, options.stack, commandOf(options));
  await installSsh(settings, options.yes);
  return await deploy(options, settings, await reach(settings, "deploy"));
}

/** The two differ in nothing else. */
const commandOf = ({ release }: UpOptions): string => (release === "held" ? "up" : "deploy");

/** What reaches a host comes first: everything else is decided after asking the host. */
async function installSsh({ host }: Settings, yes: boolean): Promise<void> {
  if (host.address === undefined) return;
  await consent({ sentences: planSsh() }, { yes, ask, say });
  await ensureSsh(createProgress());
}

/** Only `dev` gets its secrets by itself: another stack's may belong to data that is somewhere already. */
function checkBeforeUp(root: string, stack: string, release: UpOptions["release"]): Settings {
  const missing = stack === "dev" ? "warn" : "error";
  const { settings } = checkStack(root, stack, { missing, release });
  if (stack === "dev") requireReadableState(root, stack);
  else requireInitialised(root, stack);
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
    pulled: wanted.images.source === "registry",
  });
  await consent(plan, { yes, ask, say });
  const { toolchain, images } = await install(progress, plan);
  if (images?.local || sends) useLocalImages(root, stack, settings, images?.unavailable ?? []);
  const session = sessionFor({ root, stack, toolchain });
  await allOf([
    roomOfDocker(target).then(requireRoom),
    refuseForeign(root, target),
    requireSameData(target, settings),
    requirePorts(settings),
  ]);
  if (stack === "dev" && needsInit(root, stack))
    for (const made of (await initialise(session)).made) say(`made ${made}`);
  const holdAgain = options.release === "sources" ? holdRelease(root, stack, undefined) : () => {};
  if (!yes)
    await agree(session, verbose).catch((error: unknown) => {
      holdAgain();
      throw error;
    });
  giveWay(settings);
  return await rollOut({ session, settings, target, progress, command: commandOf(options), verbose });
}

/** Waits for checks that are made at once. @throws What the first of them throws, in their order. */
async function allOf(checks: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(checks))
    if (result.status === "rejected") throw result.reason;
}

/** Shows what would be done and asks. @throws OperationError if the user does not agree. */
async function agree(session: Session, verbose: boolean | undefined): Promise<void> {
  await runPulumi(session, engineArguments("preview", session), { show: say, verbose });
  if (!(await ask(`Do this to ${session.stack}?`))) throw new OperationError("nothing was changed");
}

function needsInit(root: string, stack: string): boolean {
  if (!isInitialised(root, stack)) return true;
  return missingSecrets(root, stack).length > 0;
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
