import { OperationError } from "../../components/shared/errors";
import { type DockerTarget, listContainerIds } from "./docker";
import { hasOwnBackend } from "./environment";
import { readBackups } from "./state/backups";
import { readState } from "./state-file";

/**
 * Refuses to deploy over a stack of the same name that another checkout has deployed to the same Docker: names, ports
 * and data are the same, and the engine knows nothing of it. A state that the user keeps elsewhere is not looked into.
 */
export async function refuseForeign(root: string, target: DockerTarget): Promise<void> {
  if (hasOwnBackend(root)) return;
  const { stack } = target;
  const state = readState(root, stack);
  if (state !== undefined && (state.resources > 0 || state.pending > 0)) return;
  const containers = await listContainerIds(target);
  if (containers.length === 0) return;
  const restore =
    readBackups(root, stack).length === 0
      ? ""
      : `; if it was this one, which has backups, bring its state back: ./backline state restore ${stack}`;
  throw new OperationError(
    `${containers.length} containers of a stack named ${stack} are on this Docker already, but its state is not in this checkout: it was deployed from another one. Work there, or take it over: ./backline destroy ${stack} removes it here and keeps its data${restore}`,
  );
}
