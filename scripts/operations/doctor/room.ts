import type { DockerTarget } from "../docker";
import { lacks, type Room, renderRoom, roomOfState, roomOfStores } from "../room";
import { type Finding, fail, ok } from "./finding";

/** Where an update writes: the state, and the data of those stores that run on this machine. */
export async function checkRoom(root: string, targets: readonly DockerTarget[]): Promise<Finding[]> {
  // A Docker that does not answer is a finding of its own.
  const stores = targets.map((target) => roomOfStores(target).catch(() => []));
  return [...(await roomOfState(root)), ...(await Promise.all(stores)).flat()].map(judgeRoom);
}

export function judgeRoom(room: Room): Finding {
  const name = `disk (${room.what})`;
  return lacks(room) ? fail(name, renderRoom(room), room.mend) : ok(name, renderRoom(room));
}
