import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { engineLocks, isLeft } from "./engine-locks";
import { startHeartbeat } from "./heartbeat";
import { isHere } from "./lock-holder";
import { exists, identify } from "./process-identity";
import { say } from "./say";

/** In the environment of every engine that Backline starts: the run that it belongs to. */
const name = "BACKLINE_RUN";

/** The variable that marks an engine as one of this run. */
export const engineMark = (): Readonly<Record<string, string>> => ({
  [name]: `${process.pid} ${identify(process.pid)?.identity ?? ""}`,
});

/**
 * Waits for an engine that goes on although the run of Backline that started it was killed: it works in a group of its
 * own, and whatever it has begun is best ended by itself. An engine of anybody else is not waited for.
 */
export async function waitForOrphan(root: string, stack: string): Promise<void> {
  const find = (): number | undefined =>
    engineLocks(root, stack).find((lock) => {
      const { holder } = lock;
      return holder !== undefined && isHere(holder) && !isLeft(lock) && isOrphan(holder.pid);
    })?.holder?.pid;
  const first = find();
  if (first === undefined) return;
  say(
    `an earlier run was killed, and its engine still works on the stack ${stack} (process ${first}): waiting for its end; kill ${first} ends it at once`,
  );
  const heartbeat = startHeartbeat({ say });
  try {
    while (find() !== undefined) await sleep(100);
  } finally {
    heartbeat.stop();
  }
}

/** Whether a process is an engine whose run of Backline has ended. False where the system does not tell. */
function isOrphan(pid: number): boolean {
  const [run, ...identity] = readMark(pid)?.split(" ") ?? [];
  if (run === undefined) return false;
  return !exists(Number(run)) || identify(Number(run))?.identity !== identity.join(" ");
}

function readMark(pid: number): string | undefined {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    return variables.find((variable) => variable.startsWith(`${name}=`))?.slice(name.length + 1);
  } catch {
    return undefined;
  }
}
