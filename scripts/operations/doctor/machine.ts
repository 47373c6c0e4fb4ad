import { totalmem } from "node:os";
import { freeAt } from "../room";
import { type Finding, fail, ok, warn } from "./finding";

const gib = 2 ** 30;

const inGib = (bytes: number): string => `${(bytes / gib).toFixed(1)} GiB`;

/** Free space where a folder is or will be. Tools and images take about 8 GiB, their builds as much again. */
export async function checkDisk(name: string, folder: string): Promise<Finding> {
  return judgeDisk(`disk (${name})`, await freeAt(folder), folder);
}

export function judgeDisk(name: string, free: number, folder: string): Finding {
  const detail = `${inGib(free)} free at ${folder}`;
  if (free < 3 * gib) return fail(name, detail, "free some space: 16 GiB are enough for everything");
  return free < 16 * gib ? warn(name, detail, "a first run may need up to 16 GiB") : ok(name, detail);
}

/** The whole platform idles below 2 GiB; building the tools takes as much. */
export function checkMemory(total = totalmem()): Finding {
  if (total < 3 * gib) return fail("memory", inGib(total), "use a machine with 4 GiB or more");
  return total < 7.5 * gib
    ? warn(
        "memory",
        inGib(total),
        "the containers' limits add up to more: 16 GiB let each use all of its own",
      )
    : ok("memory", inGib(total));
}
