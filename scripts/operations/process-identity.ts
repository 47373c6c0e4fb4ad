import { readFileSync } from "node:fs";

/** What Linux says of a process. */
export interface ProcessIdentity {
  /** The boot and the tick at which it began: no two processes of a machine share it. */
  readonly identity: string;
  readonly started: Date;
}

/** Ticks a second in /proc: USER_HZ, the same on every architecture that Docker runs on. */
const ticksPerSecond = 100;

/** Undefined for a process that has ended, and where the system tells nothing. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const booted = bootTime();
  const boot = read("/proc/sys/kernel/random/boot_id");
  if (stat === undefined || booted === undefined || boot === undefined) return undefined;
  // The program's name, in parentheses, may hold blanks and parentheses; what follows begins with the third field.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[18]);
  // A zombie has ended; nobody has asked for its exit code yet.
  if (state === "Z" || state === "X" || !Number.isSafeInteger(ticks)) return undefined;
  return {
    identity: `${boot.trim()} ${ticks}`,
    started: new Date(booted.getTime() + (ticks / ticksPerSecond) * 1000),
  };
}

/** When this machine was started; undefined where the system does not tell. */
export function bootTime(): Date | undefined {
  const seconds = /^btime (\d+)$/m.exec(read("/proc/stat") ?? "")?.[1];
  return seconds === undefined ? undefined : new Date(Number(seconds) * 1000);
}

/** Whether there is such a process. One that belongs to somebody else cannot be signalled, and is there. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  const state = /\) (\w) /.exec(read(`/proc/${pid}/stat`)?.replace(/^.*\)/s, ")") ?? "")?.[1];
  return state !== "Z" && state !== "X";
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
