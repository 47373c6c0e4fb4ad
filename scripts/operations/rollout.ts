import { setTimeout as sleep } from "node:timers/promises";
import { OperationError } from "../../components/shared/errors";
import type { Settings } from "../../stacks/settings/settings";
import type { Progress } from "../../toolchain";
import { type DockerTarget, dockerTarget } from "./docker";
import { EngineFailure, engineArguments, runPulumi } from "./engine";
import { failedChecks, renderFailedUpdate } from "./failed-checks";
import { promised, readOutputs } from "./outputs";
import { recover } from "./recover";
import { releaseSentence } from "./releases";
import { say } from "./say";
import type { Session } from "./session";
import { type StackStatus, stackStatus } from "./status";
import { sweepImages, sweepUnknown } from "./sweep";

export interface Rollout {
  readonly session: Session;
  readonly settings: Settings;
  readonly target: DockerTarget;
  readonly progress: Progress;
  /** What the user has run, for messages: `deploy`. */
  readonly command: string;
  readonly verbose?: boolean | undefined;
}

/**
 * Brings a stack to what its file and its sources say, tells which release that made, and answers what runs.
 * @throws OperationError with the checks that failed, if some did.
 */
export async function rollOut(rollout: Rollout): Promise<StackStatus> {
  const { session, target, verbose = false } = rollout;
  await recover(session, target, verbose);
  const started = new Date();
  try {
    await runPulumi(session, [...engineArguments("up", session), "--yes", "--skip-preview"], {
      show: say,
      verbose,
    });
  } catch (error) {
    throw await explained(error, rollout);
  }
  return await report(rollout, started);
}

/** The failure of an update, said by its checks where some failed. */
async function explained(error: unknown, { session, settings, command }: Rollout): Promise<unknown> {
  if (!(error instanceof EngineFailure)) return error;
  const checks = failedChecks(error.output);
  if (checks.length === 0) return error;
  // What they were before: a release that is not good changes no outputs.
  const { release } = promised(await readOutputs(session).catch(() => ({})));
  const { stack, services } = settings;
  return new OperationError(renderFailedUpdate({ stack, command, checks, services, release }));
}

/** Containers answer when the deploy ends; Docker's own word for it follows with the next of its checks. */
const healthSeconds = 30;

async function report({ session, settings, progress }: Rollout, started: Date): Promise<StackStatus> {
  const target = dockerTarget(settings);
  const outputs = await readOutputs(session);
  await sweepUnknown(target, outputs);
  await sweepImages(target, outputs);
  const sentence = releaseSentence(promised(outputs).releases, started);
  if (sentence !== undefined) say(sentence);
  const look = async (): Promise<{ status: StackStatus; waiting: string[] }> => {
    const status = await stackStatus(target, outputs, "succeeded");
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
