import { existsSync } from "node:fs";
import { OperationError } from "../../components/shared/errors";
import type { Way } from "../../toolchain";
import { inspectEngine } from "../../toolchain/docker/engine";
import { ask, requireAnswer } from "./ask";
import { checkStack, requireInitialised } from "./check-stack";
import { type DockerTarget, listVolumes } from "./docker";
import { engineArguments, runPulumi } from "./engine";
import { hasOwnBackend } from "./environment";
import { projectPaths } from "./project";
import { reach } from "./reach";
import { recover } from "./recover";
import { say } from "./say";
import { openSession } from "./session";
import { withStackLock } from "./stack-lock";
import { backUpBefore } from "./state/backup";
import { removeVolumes, sweepAll } from "./sweep";

export interface DestroyOptions {
  readonly root: string;
  readonly stack: string;
  readonly yes: boolean;
  /** Whether the data volumes go too. */
  readonly deleteData: boolean;
  readonly forced?: Way | undefined;
  readonly verbose?: boolean | undefined;
}

const declined = (): OperationError => new OperationError("nothing was destroyed");

/** Removes all that a stack has made; its data only with `deleteData`. */
export async function destroy(options: DestroyOptions): Promise<void> {
  const { root, stack, yes, deleteData, forced, verbose } = options;
  requireAnswer("destroy", yes);
  const { settings } = checkStack(root, stack, { missing: "warn" });
  await withStackLock(root, stack, `destroy ${stack}`, async () => {
    const isKnown = hasOwnBackend(root) || existsSync(projectPaths(root).stackState(stack));
    if (isKnown) requireInitialised(root, stack);
    const target = await reach(settings);
    await requireDocker(target);
    const volumes = deleteData ? await listVolumes(target) : [];
    if (!yes && !(await ask(question(stack, volumes)))) throw declined();
    if (isKnown) {
      backUpBefore(root, stack, "destroy");
      const session = await openSession({ root, stack, forced });
      // What the state does not know would hold on to the networks.
      await recover(session, target, verbose ?? false);
      await runPulumi(session, [...engineArguments("destroy", session), "--yes", "--skip-preview"], {
        show: say,
        verbose,
      });
    } else say(`the state knows no stack ${stack}; only what carries its label is removed`);
    const left = await sweepAll(target);
    if (left.length > 0) say(`removed what the state did not know: ${left.join(", ")}`);
    if (deleteData) reportVolumes(await removeVolumes(target));
    else {
      const kept = await listVolumes(target);
      if (kept.length > 0) say(`data kept: ${kept.join(", ")} (--delete-data removes it)`);
    }
  });
}

/** @throws OperationError where this machine's Docker should run the stack and does not answer. */
export async function requireDocker({ host }: DockerTarget): Promise<void> {
  if (host !== undefined) return;
  const { reachable, reason } = await inspectEngine();
  if (!reachable)
    throw new OperationError(
      `Docker does not answer (${reason ?? "no reason given"}), so that nothing can be removed; start it (./backline doctor says more) and run the command again`,
    );
}

function question(stack: string, volumes: readonly string[]): string {
  const data = volumes.length === 0 ? "" : ` AND ITS DATA FOR GOOD (${volumes.join(", ")})`;
  return `Destroy everything that the stack ${stack} runs${data}?`;
}

function reportVolumes(volumes: readonly string[]): void {
  if (volumes.length > 0) say(`data deleted: ${volumes.join(", ")}`);
}
