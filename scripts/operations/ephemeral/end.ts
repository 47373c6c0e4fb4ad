/** Ends of ephemeral stacks: later, now, or when their time is over. */
import { OperationError } from "../../../components/shared/errors";
import type { Way } from "../../../toolchain";
import { ask, requireAnswer } from "../ask";
import { say } from "../say";
import { withStackLock } from "../stack-lock";
import { type Ephemeral, findEphemerals, known, named, stateOf } from "./find";
import { writeLeaseOf } from "./lease-of";
import { checkedName, checkedRequest, stackOf } from "./names";
import { refuseOther, writeRecord } from "./record";
import { removeEphemeral } from "./remove";
import { hostOf, readGiven } from "./settings";

export interface EndOptions {
  readonly root: string;
  readonly yes: boolean;
  /** File with the settings of a host that is looked at too. */
  readonly settings?: string | undefined;
  readonly forced?: Way | undefined;
  /** Whether the host is gone for good, so that only what this checkout has of the stack is removed. */
  readonly hostIsGone?: boolean | undefined;
}

/** Gives a stack a new end, counted from now; answers the stack. @throws OperationError for one that there is not. */
export async function extend(
  { root, settings }: Pick<EndOptions, "root" | "settings">,
  name: string,
  ttl: string,
): Promise<Ephemeral> {
  const seconds = checkedRequest(root, name, ttl);
  const ephemeral = named(await findEphemerals(root, hostOf(readGiven(settings))), name);
  if (ephemeral === undefined)
    throw new OperationError(
      `there is no ephemeral stack ${name}; ./backline ephemeral list shows those that there are`,
    );
  return await withStackLock(root, stackOf(name), `ephemeral extend ${name}`, async () => {
    const until = new Date(Date.now() + seconds * 1000).toISOString();
    const record = { ...ephemeral.record, until };
    if (ephemeral.here) writeRecord(root, record);
    await writeLeaseOf(record);
    return { ...ephemeral, record };
  });
}

/** Removes a stack, whatever its state is; answers false where there is nothing of it. */
export async function destroyEphemeral(options: EndOptions, name: string): Promise<boolean> {
  const { root, yes, settings } = options;
  requireAnswer("ephemeral destroy", yes);
  checkedName(root, name);
  refuseOther(root, name);
  const found = await findEphemerals(root, hostOf(readGiven(settings)));
  const ephemeral = known(root, found, name);
  if (ephemeral === undefined) {
    if (found.problems.length > 0) throw new OperationError(found.problems.join("\n"));
    return false;
  }
  const stack = stackOf(name);
  if (!yes && !(await ask(`Destroy the stack ${stack} AND ITS DATA FOR GOOD?`)))
    throw new OperationError("nothing was destroyed");
  await withStackLock(root, stack, `ephemeral destroy ${name}`, async () =>
    tell(stack, await removeEphemeral(root, ephemeral, options)),
  );
  return true;
}

const tell = (stack: string, removed: readonly string[]): void =>
  say(`removed ${stack}: ${[...removed, "what this checkout had of it"].join(", ")}`);

export interface Reaped {
  readonly name: string;
  readonly stack: string;
  /** Undefined: it is gone. */
  readonly error?: string;
}

export interface ReapReport {
  readonly reaped: readonly Reaped[];
  /** What could not be looked at, so that there may be more. */
  readonly problems: readonly string[];
}

/** Removes every stack whose time is over, one after the other; one that fails stops none of the others. */
export async function reap(options: EndOptions): Promise<ReapReport> {
  const { root, yes, settings } = options;
  requireAnswer("ephemeral reap", yes);
  const { ephemerals, problems } = await findEphemerals(root, hostOf(readGiven(settings)));
  const expired = ephemerals.filter((ephemeral) => stateOf(ephemeral) === "expired");
  const stacks = expired.map(({ record }) => stackOf(record.name));
  if (!yes && stacks.length > 0 && !(await ask(`Destroy ${stacks.join(", ")} with their data for good?`)))
    throw new OperationError("nothing was destroyed");
  const reaped: Reaped[] = [];
  for (const ephemeral of expired) reaped.push(await reapOne(options, ephemeral));
  return { reaped, problems };
}

async function reapOne(options: EndOptions, ephemeral: Ephemeral): Promise<Reaped> {
  const { name } = ephemeral.record;
  const stack = stackOf(name);
  try {
    await withStackLock(options.root, stack, `ephemeral reap ${name}`, async () =>
      tell(stack, await removeEphemeral(options.root, ephemeral, options)),
    );
    return { name, stack };
  } catch (error) {
    // Also what nobody expects: the others must go.
    return { name, stack, error: error instanceof Error ? error.message : String(error) };
  }
}
