import { type DockerTarget, docker, listContainerIds, listNetworks } from "./docker";
import { engineArguments, runPulumi } from "./engine";
import { say } from "./say";
import type { Session } from "./session";
import { readState } from "./state-file";

/**
 * Before an update, if an earlier run was killed half-way: removes the containers and networks that it had begun and
 * the state does not know, whose names would be in the way, and has the engine look at what is really there.
 */
export async function recover(session: Session, target: DockerTarget, verbose: boolean): Promise<void> {
  const state = readState(session.root, session.stack);
  if (state === undefined || state.pending === 0) return;
  say(
    `an earlier run was killed while it worked on ${state.pending} resources: looking at what is really there`,
  );
  const unknown = async (ids: Promise<string[]>): Promise<string[]> =>
    (await ids).filter((id) => !state.ids.has(id));
  const containers = await unknown(listContainerIds(target));
  if (containers.length > 0) await docker(target, ["container", "rm", "--force", "--volumes", ...containers]);
  const networks = await unknown(listNetworks(target));
  if (networks.length > 0) await docker(target, ["network", "rm", ...networks]);
  await runPulumi(
    session,
    [...engineArguments("refresh", session), "--yes", "--skip-preview", "--clear-pending-creates"],
    { show: say, verbose },
  );
}
