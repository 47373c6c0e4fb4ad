import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { OperationError } from "../../components/shared/errors";
import { quote } from "../../components/shared/shell";
import { ageOf } from "./duration";
import { describeHolder, type Holder, isAlive, isHere, readHolder } from "./lock-holder";
import { bootTime } from "./process-identity";
import { say } from "./say";
import { localState } from "./state/local";

export interface EngineLock {
  readonly path: string;
  /** Undefined: the file cannot be understood. */
  readonly holder: Holder | undefined;
  /** When the lock was made. */
  readonly since: Date;
}

/** The engine's own locks of a stack whose state is on this machine. */
export function engineLocks(root: string, stack: string): EngineLock[] {
  const folder = localState(root, stack)?.locks;
  if (folder === undefined) return [];
  return namesIn(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const path = join(folder, name);
      const since = statSync(path, { throwIfNoEntry: false })?.mtime;
      // An engine that has just ended took it away.
      return since === undefined ? [] : [{ path, holder: readHolder(path), since }];
    });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Whether nobody can hold a lock any more. What made a lock that cannot be read is unknown, but it has not lived through
 * a start of the machine, and that is where such a lock comes from: the machine stopped while it was written.
 */
export const isLeft = ({ holder, since }: EngineLock, booted = bootTime()): boolean =>
  holder === undefined ? booted !== undefined && since < booted : !isAlive(holder);

/**
 * Removes the locks that an engine left when it was killed. One that lives, started by plain `pulumi`, is respected.
 * @throws OperationError that names the holder.
 */
export function removeLeftLocks(root: string, stack: string): void {
  for (const lock of engineLocks(root, stack)) {
    if (!isLeft(lock)) throw inUse(stack, lock);
    rmSync(lock.path, { force: true });
    rmSync(`${lock.path}.attrs`, { force: true });
    say(
      lock.holder === undefined
        ? "removed a lock that could not be read, from before this machine was started"
        : `removed the lock of process ${lock.holder.pid}, which no longer runs`,
    );
  }
}

function inUse(stack: string, { path, holder, since }: EngineLock): OperationError {
  const remove = `rm ${quote(path)}`;
  if (holder === undefined)
    return new OperationError(
      `the stack ${stack} is locked, and nobody knows by whom: ${path}, made ${ageOf(since.toISOString(), new Date())} ago, cannot be read; if no pulumi works on the stack, remove it: ${remove}`,
    );
  const elsewhere = isHere(holder) ? "" : `; if nothing runs there any more, remove its lock: ${remove}`;
  return new OperationError(
    `the stack ${stack} is in use: ${describeHolder(holder)}; wait for it and run the command again${elsewhere}`,
  );
}
