import { OperationError } from "../../components/shared/errors";
import type { Way } from "../../toolchain";
import { checkStack } from "./check-stack";
import { dockerTarget } from "./docker";
import { readOutputs } from "./outputs";
import { projectRoot as root } from "./project";
import { print, printJson } from "./say";
import { openKnownStack } from "./session";
import { renderStatus, stackStatus } from "./status";

/** Prints the status of a stack; throws an OperationError if something is not healthy. */
export async function status(stack: string, json: boolean, forced: Way | undefined): Promise<void> {
  const { settings } = checkStack(root, stack, { missingSecrets: "warn" });
  const session = await openKnownStack({ root, stack, forced });
  const result = await stackStatus(dockerTarget(settings), await readOutputs(session));
  if (json) printJson(result);
  else print(renderStatus(result));
  if (!result.healthy)
    throw new OperationError(
      result.containers.length === 0
        ? `nothing of the stack ${stack} runs`
        : `not everything of the stack ${stack} is healthy; ./backline logs ${stack} <service> says more`,
    );
}
