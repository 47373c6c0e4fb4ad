import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { z } from "zod";
import { ageOf } from "./duration";
import { exists, identify } from "./process-identity";

/** Who works on a stack, as Pulumi's own locks say it too. */
const holder = z.object({
  pid: z.number(),
  username: z.string(),
  hostname: z.string(),
  timestamp: z.string(),
  command: z.string().optional(),
  /** Tells the process from a later one with the same number. */
  identity: z.string().optional(),
});
export type Holder = z.output<typeof holder>;

/** What a lock's file says; undefined if there is none, or none that can be understood. */
export function readHolder(path: string): Holder | undefined {
  try {
    return holder.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

/** This process as the holder of a lock. */
export function ownHolder(command: string): Holder {
  const identity = identify(process.pid)?.identity;
  return {
    ...{ pid: process.pid, username: userInfo().username, hostname: hostname() },
    ...{ timestamp: new Date().toISOString(), command },
    ...(identity === undefined ? {} : { identity }),
  };
}

export const isHere = ({ hostname: machine }: Holder): boolean => machine === hostname();

/** The clock that gives a process' start counts whole seconds. */
const clockSlack = 2_000;

/** Whether the holder can still be at work. One on another machine is believed. */
export function isAlive(held: Holder): boolean {
  if (!isHere(held)) return true;
  if (!exists(held.pid)) return false;
  const found = identify(held.pid);
  if (found === undefined) return true;
  // The number of a process is given to another one later, after a reboot for instance.
  if (held.identity !== undefined) return held.identity === found.identity;
  const locked = new Date(held.timestamp).getTime();
  return Number.isNaN(locked) || found.started.getTime() <= locked + clockSlack;
}

/** `root@host runs "up" (process 4711, since 12:30:05, 3m ago)` */
export function describeHolder(
  { pid, username, hostname: machine, timestamp, command }: Holder,
  now = new Date(),
): string {
  const what = command === undefined ? "works on it" : `runs "${command}"`;
  const time = new Date(timestamp);
  const isTime = !Number.isNaN(time.getTime());
  const since = isTime ? time.toISOString().replace(/\.\d+Z$/, "Z") : timestamp;
  const age = isTime && time <= now ? `, ${ageOf(timestamp, now)} ago` : "";
  return `${username}@${machine} ${what} (process ${pid}, since ${since}${age})`;
}
