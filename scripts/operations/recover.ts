import { type DockerTarget, docker, listContainerIds, listNetworks } from "./docker";
import { engineArguments, runPulumi } from "./engine";
import { say } from "./say";
import type { Session } from "./session";
import { forgetRestore, wasRestored } from "./state/restored";
import { begunCommands, runAgain } from "./state/run-again";
import { readState } from "./state-file";

/**
 * Before an update or a removal, if an earlier run was killed half-way or the state was restored: removes the containers
 * and networks that it had begun and the state does not know, whose names and volumes would be in the way, has the
 * engine look at what is really there, and the update run those commands again of which nobody knows what they did.
 */
export async function recover(session: Session, target: DockerTarget, verbose: boolean): Promise<void> {
  const { root, stack } = session;
  const state = readState(root, stack);
  const isRestored = wasRestored(root, stack);
  if (state === undefined || (state.pending === 0 && !isRestored)) return;
  say(
    isRestored
      ? "the state was restored from a backup: looking at what is really there"
      : `an earlier run was killed while it worked on ${state.pending} resources: looking at what is really there`,
  );
  const unknown = async (ids: Promise<string[]>): Promise<string[]> =>
    (await ids).filter((id) => !state.ids.has(id));
  const containers = await unknown(listContainerIds(target));
  if (containers.length > 0) await docker(target, ["container", "rm", "--force", "--volumes", ...containers]);
  const networks = await unknown(listNetworks(target));
  if (networks.length > 0) await docker(target, ["network", "rm", ...networks]);
  const unsure = isRestored ? "all" : begunCommands(root, stack);
  await runPulumi(
    session,
    [...engineArguments("refresh", session), "--yes", "--skip-preview", "--clear-pending-creates"],
    { show: say, verbose },
  );
  runAgain(root, stack, unsure);
  forgetRestore(root, stack);
}
