import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readStateFile, type StateSummary } from "../state-file";
import { examine, readBackups } from "./backups";
import type { LocalState } from "./local";

/** Something that a state can be restored from. */
export interface Copy {
  /** A backup's name, or `engine`. */
  readonly name: string;
  /** When the copy was made; an ISO time. */
  readonly time: string;
  readonly reason: string;
  /** In bytes. */
  readonly size: number;
  /** Path of the state file; undefined: there is none. */
  readonly state: string | undefined;
  /** Path of the stack's file as it was then; undefined: there is none. */
  readonly configuration: string | undefined;
  /** Undefined: it cannot be restored. */
  readonly summary: StateSummary | undefined;
  /** Why it cannot be restored; undefined: it can. */
  readonly problem: string | undefined;
}

/** Name of the engine's copy. */
export const engineCopy = "engine";

/** How many of the engine's copies are looked at. */
const looked = 3;

/** Everything that the state of a stack can be restored from, newest first. */
export function readCopies(root: string, stack: string, local: LocalState): Copy[] {
  const backups = readBackups(root, stack).map((backup): Copy => {
    const { name, time, reason, size, state, configuration, manifest } = backup;
    const { summary, problem } = examine(backup);
    const backend = manifest?.backend ?? local.folder;
    const foreign = backend === local.folder ? undefined : `it is of the state in ${backend}`;
    return {
      ...{ name, time, reason, size, state, configuration },
      ...{ summary, problem: problem ?? foreign },
    };
  });
  const engine = newestOfEngine(local);
  return [...backups, ...(engine === undefined ? [] : [engine])].sort((one, other) =>
    other.time.localeCompare(one.time),
  );
}

/**
 * The newest that can be read of the copies which the engine makes by itself: of the state before its last write, and of
 * that at the end of each update. They are newer than the backup that was made before the update.
 */
function newestOfEngine({ previous, copies }: LocalState): Copy | undefined {
  const found = [previous, ...lastIn(copies)].flatMap((path) => {
    const reading = readStateFile(path);
    const written = reading?.readable ? reading.summary.written : undefined;
    return reading?.readable && written !== undefined ? [{ path, written, summary: reading.summary }] : [];
  });
  const newest = found.sort((one, other) => other.written.localeCompare(one.written))[0];
  if (newest === undefined) return undefined;
  const { path, written, summary } = newest;
  return {
    ...{ name: engineCopy, time: new Date(written).toISOString(), reason: "the engine's own copy" },
    ...{ size: statSync(path).size, state: path, configuration: undefined, summary, problem: undefined },
  };
}

/** `dev.1795297944118168542.json`: the number is the time. */
function lastIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith(".json"))
    .sort((one, other) => other.localeCompare(one, "en", { numeric: true }))
    .slice(0, looked)
    .map((name) => join(folder, name));
}
