import { OperationError } from "../../components/shared/errors";
import type { Progress } from "../progress";
import { installEngine } from "./packages";
import { obstacle, planEngine } from "./plan";
import { startEngine } from "./start";
import { type EngineState, inspectEngine } from "./state";

export { type EngineState, inspectEngine, planEngine };

/**
 * Brings up a Docker daemon, if none is reachable: installs what is missing, starts it, waits until it answers. Tells
 * nothing and changes nothing if one is. The caller has shown `planEngine` and asked.
 * Throws an OperationError if this machine does not allow it.
 */
export async function ensureEngine(progress: Progress): Promise<void> {
  let state = checked(await inspectEngine());
  if (state.reachable) return;
  if (!(state.installed && state.client)) {
    await installEngine(progress);
    state = checked(await inspectEngine());
  }
  if (!state.reachable) checked(await startEngine(state, progress));
}

function checked(state: EngineState): EngineState {
  const reason = obstacle(state);
  if (reason !== undefined) throw new OperationError(reason);
  return state;
}
