import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { lock } from "proper-lockfile";
import { z } from "zod";
import { OperationError } from "../../components/shared/errors";
import { projectPaths } from "./project";

/** Who works on a stack, as Pulumi's own locks say it too. */
const holder = z.object({
  pid: z.number(),
  username: z.string(),
  hostname: z.string(),
  timestamp: z.string(),
  command: z.string().optional(),
});
export type Holder = z.output<typeof holder>;

function readHolder(path: string): Holder | undefined {
  try {
    return holder.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

/** Whether the holder can still be at work. One on another machine is believed. */
export function isAlive({ pid, hostname: machine }: Holder): boolean {
  if (machine !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Who works on a stack of a checkout now, with Backline. */
export function presentHolder(root: string, stack: string): Holder | undefined {
  const found = readHolder(projectPaths(root).lock(stack));
  return found !== undefined && isAlive(found) ? found : undefined;
}

/** `root@host runs "up" (process 4711, since 12:30:05)` */
export function describeHolder({ pid, username, hostname: machine, timestamp, command }: Holder): string {
  const what = command === undefined ? "works on it" : `runs "${command}"`;
  const time = new Date(timestamp);
  const since = Number.isNaN(time.getTime()) ? timestamp : time.toISOString().replace(/\.\d+Z$/, "Z");
  return `${username}@${machine} ${what} (process ${pid}, since ${since})`;
}

/**
 * Keeps other runs of Backline off a stack while `work` runs.
 * @throws OperationError that names the holder, at once, if there is one.
 */
export async function withStackLock<T>(
  root: string,
  stack: string,
  command: string,
  work: () => Promise<T>,
): Promise<T> {
  const path = projectPaths(root).lock(stack);
  mkdirSync(dirname(path), { recursive: true });
  const options = { realpath: false, stale: 10_000, onCompromised: () => {} };
  const acquire = () => lock(path, options);
  const release = await acquire().catch(async (error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) throw error;
    const other = readHolder(path);
    if (other !== undefined && isAlive(other)) throw held(stack, other);
    // The run that held it was killed.
    rmSync(`${path}.lock`, { recursive: true, force: true });
    return await acquire();
  });
  const self = { pid: process.pid, username: userInfo().username, hostname: hostname() };
  writeFileSync(path, JSON.stringify({ ...self, timestamp: new Date().toISOString(), command }));
  try {
    removeDeadLocks(root, stack);
    return await work();
  } finally {
    rmSync(path, { force: true });
    await release().catch(() => {});
  }
}

const held = (stack: string, other: Holder): OperationError =>
  new OperationError(
    `the stack ${stack} is in use: ${describeHolder(other)}; wait for it and run the command again`,
  );

/** The engine's own locks of a stack in the default backend. */
export function engineLocks(root: string, stack: string): { path: string; holder: Holder | undefined }[] {
  const folder = projectPaths(root).stackLocks(stack);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({ path: join(folder, name), holder: readHolder(join(folder, name)) }));
}

/** An engine that was killed leaves its lock; one that lives, started by plain `pulumi`, is respected. */
function removeDeadLocks(root: string, stack: string): void {
  for (const { path, holder: other } of engineLocks(root, stack)) {
    if (other === undefined) continue;
    if (isAlive(other)) throw held(stack, other);
    rmSync(path, { force: true });
    rmSync(`${path}.attrs`, { force: true });
    process.stderr.write(`removed the lock of process ${other.pid}, which no longer runs\n`);
  }
}
