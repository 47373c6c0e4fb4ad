import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "proper-lockfile";

/** The holder touches its lock every few seconds; one untouched for this long belongs to a process that was killed. */
const staleMilliseconds = 15_000;
const pollMilliseconds = 100;

/**
 * Runs something while no other process that uses the same lock path does. A lock whose holder was killed is taken
 * over after 15 s. The lock's folder must exist.
 * @param onWait Called at each try while another holds the lock.
 */
export async function withLock<T>(
  path: string,
  run: () => Promise<T>,
  onWait: () => void = () => {},
): Promise<T> {
  const release = await acquire(path, onWait);
  try {
    return await run();
  } finally {
    // A lock that was taken over is no longer ours to release.
    await release().catch(() => {});
  }
}

async function acquire(path: string, onWait: () => void): Promise<() => Promise<void>> {
  for (;;) {
    try {
      return await lock(path, {
        lockfilePath: path,
        realpath: false,
        stale: staleMilliseconds,
        // A machine that slept can lose its lock, and then two run at once: callers end with one rename, which bears that.
        onCompromised: () => {},
      });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) throw error;
    }
    onWait();
    await sleep(pollMilliseconds);
  }
}
