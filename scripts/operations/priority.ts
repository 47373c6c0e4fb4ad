import { constants, setPriority } from "node:os";
import type { Settings } from "../../stacks/settings/settings";

/**
 * From here on this process and what it starts give way to others, where the stack runs on this machine: a deploy takes
 * both cores of a small one for seconds, and those who are served should not notice. A rollback does not: what serves then is what is to go.
 */
export function giveWay({ host }: Pick<Settings, "host">): void {
  if (host.address === undefined) setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}
