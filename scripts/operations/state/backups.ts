import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stackFile } from "../../../stacks/settings/load-file";
import { projectPaths } from "../project";
import { inspectState, type StateSummary } from "../state-file";
import { unfinished } from "./durable";
import { describeFile, type Manifest, manifest, manifestFile, stateName } from "./manifest";

/** A backup as it is on the disk. */
export interface Backup {
  readonly name: string;
  readonly folder: string;
  /** When it was made; an ISO time. */
  readonly time: string;
  readonly reason: string;
  /** In bytes, of all files. */
  readonly size: number;
  /** Path of its state file; undefined: it holds none. */
  readonly state: string | undefined;
  /** Path of the stack's file; undefined: it holds none. */
  readonly configuration: string | undefined;
  /** Undefined: its own file cannot be read. */
  readonly manifest: Manifest | undefined;
}

/** What came of looking into a backup: what its state says, or why it cannot be restored. */
export type Examination =
  | { readonly summary: StateSummary; readonly problem?: undefined }
  | { readonly summary?: undefined; readonly problem: string };

/** The backups of a stack, newest first, those that cannot be read among them. */
export function readBackups(root: string, stack: string): Backup[] {
  const folder = projectPaths(root).backups(stack);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.endsWith(unfinished))
    .map(({ name }) => readBackup(join(folder, name), name, stack))
    .sort((one, other) => compare(other.time, one.time) || compare(other.name, one.name));
}

/** In the order of numbers: `-10` comes after `-9`. */
const compare = (one: string, other: string): number => one.localeCompare(other, "en", { numeric: true });

function readBackup(folder: string, name: string, stack: string): Backup {
  const path = (file: string): string | undefined =>
    existsSync(join(folder, file)) ? join(folder, file) : undefined;
  const found = readManifest(folder);
  return {
    ...{ name, folder, state: path(stateName), configuration: path(stackFile(stack)) },
    ...{ time: found?.time ?? timeOf(name), reason: found?.reason ?? "unknown", manifest: found },
    size: Object.values(found?.files ?? {}).reduce((sum, { size }) => sum + size, 0),
  };
}

function readManifest(folder: string): Manifest | undefined {
  try {
    return manifest.parse(JSON.parse(readFileSync(join(folder, manifestFile), "utf8")));
  } catch {
    return undefined;
  }
}

/** Looks whether every file of a backup is as it was written, and the engine would take its state. */
export function examine(backup: Backup): Examination {
  if (backup.manifest === undefined) return { problem: `its ${manifestFile} cannot be read` };
  const changed = changedFile(backup.folder, backup.manifest);
  if (changed !== undefined) return { problem: changed };
  if (backup.state === undefined) return { problem: "it holds no state" };
  const reading = inspectState(readFileSync(backup.state, "utf8"));
  return reading.readable ? { summary: reading.summary } : { problem: `its ${stateName} ${reading.problem}` };
}

/** The first file that is not as it was written, and how. */
function changedFile(folder: string, { files }: Manifest): string | undefined {
  for (const [name, { size, sha256 }] of Object.entries(files)) {
    const path = join(folder, name);
    if (!existsSync(path)) return `its ${name} is missing`;
    const found = describeFile(readFileSync(path));
    if (found.size < size) return `its ${name} is cut off after ${found.size} of ${size} bytes`;
    if (found.sha256 !== sha256) return `its ${name} was changed`;
  }
  return undefined;
}

/** The time that a name says. */
function timeOf(name: string): string {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(name) ?? [];
  return second === undefined ? "" : `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
}

/** Whether two states say the same: the engine writes the time into each, also where nothing has changed. */
export function sameState(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return withoutTime(one) === withoutTime(other);
  } catch {
    return false;
  }
}

function withoutTime(text: string): string {
  const document = JSON.parse(text);
  delete document?.checkpoint?.latest?.manifest;
  return JSON.stringify(document);
}
