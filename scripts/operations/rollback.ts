import { OperationError } from "../../components/shared/errors";
import { releasedServices } from "../../stacks/release-parts";
import { stackFile } from "../../stacks/settings/load-file";
import { createProgress, type Way } from "../../toolchain";
import { ask, requireAnswer } from "./ask";
import { checkStack, requireInitialised } from "./check-stack";
import { chooseRelease } from "./choose-release";
import { listImageReferences } from "./docker";
import { hasLastUpdateFailed } from "./history";
import { promised, readOutputs } from "./outputs";
import { reach } from "./reach";
import { changedServices } from "./releases";
import { rollOut } from "./rollout";
import { say } from "./say";
import { openSession } from "./session";
import { holdRelease } from "./stack-file";
import { withStackLock } from "./stack-lock";
import { backUpBefore } from "./state/backup";
import type { StackStatus } from "./status";

export interface RollbackOptions {
  readonly root: string;
  readonly stack: string;
  /** Id of the release to go back to. Default: the last good one before. */
  readonly release?: string | undefined;
  readonly yes: boolean;
  readonly forced?: Way | undefined;
  readonly verbose?: boolean | undefined;
}

/**
 * Goes back to a release whose images are on the host, through the same gates as any other update, and answers what
 * runs. Bundles and builds nothing.
 * @throws InputError where that release cannot be gone back to; nothing is touched then.
 */
export async function rollback(options: RollbackOptions): Promise<StackStatus> {
  const { root, stack, yes, forced, verbose } = options;
  requireAnswer("rollback", yes);
  const { settings } = checkStack(root, stack, { missing: "error", release: "sources" });
  requireInitialised(root, stack);
  return await withStackLock(root, stack, `rollback ${stack}`, async () => {
    const progress = createProgress();
    const target = await reach(settings, "deploy");
    const session = await openSession({ root, stack, forced, progress });
    const [outputs, failed, images] = await Promise.all([
      readOutputs(session),
      hasLastUpdateFailed(session),
      listImageReferences(target),
    ]);
    const records = promised(outputs).releases;
    const chosen = chooseRelease({
      stack,
      records,
      wanted: options.release,
      failed,
      images,
      services: releasedServices(settings),
    });
    const current = records.at(-1);
    const changed = changedServices(current, chosen).join(", ");
    say(
      changed === ""
        ? `${chosen.id} serves, of ${chosen.when} by ${chosen.who}; what the failed update has left is removed`
        : `from ${current?.id} back to ${chosen.id}, of ${chosen.when} by ${chosen.who}: ${changed}`,
    );
    if (!yes && !(await ask(`Do this to ${stack}?`))) throw new OperationError("nothing was changed");
    backUpBefore(root, stack, "rollback");
    holdRelease(root, stack, chosen);
    say(`${stackFile(stack)} now holds the release ${chosen.id}; ./backline deploy ${stack} lets go of it`);
    return await rollOut({ session, settings, target, progress, command: "rollback", verbose });
  });
}
