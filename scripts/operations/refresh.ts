import { OperationError } from "../../components/shared/errors";
import type { Way } from "../../toolchain";
import { ask, requireAnswer } from "./ask";
import { checkStack } from "./check-stack";
import { engineArguments, runPulumi } from "./engine";
import { reach } from "./reach";
import { say } from "./say";
import { openKnownStack } from "./session";
import { withStackLock } from "./stack-lock";
import { backUpBefore } from "./state/backup";

export interface RefreshOptions {
  readonly root: string;
  readonly stack: string;
  readonly yes: boolean;
  readonly forced?: Way | undefined;
  readonly verbose?: boolean | undefined;
}

/** Writes what is really there into the state; shows it first and asks, unless `yes`. */
export async function refresh(options: RefreshOptions): Promise<void> {
  const { root, stack, yes, forced, verbose } = options;
  requireAnswer("refresh", yes);
  await withStackLock(root, stack, `refresh ${stack}`, async () => {
    const session = await openKnownStack({ root, stack, forced });
    await reach(checkStack(root, stack, { missing: "warn" }).settings);
    const run = (...more: string[]) =>
      runPulumi(session, [...engineArguments("refresh", session), ...more], { show: say, verbose });
    if (!yes) {
      await run("--preview-only");
      if (!(await ask(`Write this into the state of ${stack}?`)))
        throw new OperationError("nothing was changed");
    }
    backUpBefore(root, stack, "refresh");
    await run("--yes", "--skip-preview");
  });
}
