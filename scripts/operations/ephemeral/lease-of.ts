import { inspectEngine } from "../../../toolchain/docker/engine";
import { reachHost } from "./find";
import { writeLease } from "./lease";
import { stackOf } from "./names";
import type { EphemeralRecord } from "./record";

/** Puts a record beside its stack, where there is a Docker by now. */
export async function writeLeaseOf(record: EphemeralRecord): Promise<void> {
  if (record.host.address === undefined && !(await inspectEngine()).reachable) return;
  await writeLease(await reachHost(stackOf(record.name), record.host), record);
}
