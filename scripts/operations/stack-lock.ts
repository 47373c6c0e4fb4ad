import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { OperationError } from "../../components/shared/errors";
import { removeLeftLocks } from "./engine-locks";
import { describeHolder, type Holder, isAlive, isHere, ownHolder, readHolder } from "./lock-holder";
import { waitForOrphan } from "./orphaned-engine";
import { projectPaths } from "./project";
import { say } from "./say";

/** Who works on a stack of a checkout now, with Backline. */
export function presentHolder(root: string, stack: string): Holder | undefined {
  const found = readHolder(projectPaths(root).lock(stack));
  return found !== undefined && isAlive(found) ? found : undefined;
}

/**
 * Keeps other runs of Backline off a stack while `work` runs.
 * @throws OperationError that names the holder if there is one.
 */
export async function withStackLock<T>(
  root: string,
  stack: string,
  command: string,
  work: () => Promise<T>,
): Promise<T> {
  const path = projectPaths(root).lock(stack);
  mkdirSync(dirname(path), { recursive: true });
  const release = await acquire(path, stack, command);
  try {
    await waitForOrphan(root, stack);
    removeLeftLocks(root, stack);
    return await work();
  } finally {
    rmSync(path, { force: true });
    await release().catch(() => {});
  }
}

type Release = () => Promise<void>;

/** How long a holder may take to write down who it is, in ms. */
const patience = 3_000;

async function acquire(path: string, stack: string, command: string): Promise<Release> {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(50)) {
    // One at a time, so that of two who find the lock of a killed run only one takes it over.
    const done = await lock(`${path}.taking`, { ...common, stale: 2_000, retries: briefly });
    try {
      const release = await take(path, stack, command);
      if (release !== undefined) return release;
    } finally {
      await done().catch(() => {});
    }
  }
  throw new OperationError(
    `the stack ${stack} is in use by a process that cannot be named, since ${path} cannot be read; run the command again in ${heartbeat / 1000 + 5} s: by then the lock is free if that process is gone`,
  );
}

/** A holder that does not touch its lock for so long is taken to be gone, in ms, unless it is seen to live. */
const heartbeat = 10_000;
const common = { realpath: false, onCompromised: () => {} };
const briefly = { retries: 50, factor: 1, minTimeout: 50, maxTimeout: 100 };

/** Undefined: somebody has the lock who has not written down yet, or not readably, who it is. */
async function take(path: string, stack: string, command: string): Promise<Release | undefined> {
  const acquireNow = () => lock(path, { ...common, stale: heartbeat });
  const release = await acquireNow().catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ELOCKED") return undefined;
    throw error;
  });
  const other = readHolder(path);
  if (release !== undefined) {
    // It was only stopped, or the machine slept, so that it could not touch its lock.
    if (other !== undefined && isHere(other) && isAlive(other)) {
      await release();
      throw held(stack, other);
    }
    writeFileSync(path, JSON.stringify(ownHolder(command)));
    return release;
  }
  if (other === undefined) return undefined;
  if (isAlive(other)) throw held(stack, other);
  // The run that held it was killed.
  say(`removed the lock of process ${other.pid}, which no longer runs`);
  rmSync(path, { force: true });
  rmSync(`${path}.lock`, { recursive: true, force: true });
  return undefined;
}

const held = (stack: string, other: Holder): OperationError =>
  new OperationError(
    `the stack ${stack} is in use: ${describeHolder(other)}; wait for it and run the command again${isHere(other) ? "" : ", which takes the lock over 10 s after that process has ended"}`,
  );
