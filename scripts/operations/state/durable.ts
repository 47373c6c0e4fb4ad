import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** What `writeFolder` and `replaceFile` have not finished ends so, and nothing else does: the engine passes it over. */
export const unfinished = ".unfinished";

const stagingOf = (path: string): string => `${path}.${process.pid}${unfinished}`;

/** Writes a new file, and waits until it is on the disk. */
function writeFlushed(path: string, content: Buffer | string, mode: number): void {
  const file = openSync(path, "wx", mode);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function flushFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Makes a folder of files at once, which only this user can read: after a crash at any moment it is there with all of them, or not there. */
export function writeFolder(path: string, files: Readonly<Record<string, Buffer | string>>): void {
  const parent = dirname(path);
  const staging = stagingOf(path);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  try {
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { mode: 0o700 });
    for (const [name, content] of Object.entries(files)) writeFlushed(join(staging, name), content, 0o600);
    flushFolder(staging);
    renameSync(staging, path);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    throw error;
  }
  flushFolder(parent);
}

/**
 * Replaces a file at once: after a crash at any moment it holds all of the old content or all of the new one.
 * @param mode Default: that of the file which is there, or 0644.
 */
export function replaceFile(path: string, content: Buffer | string, mode = modeOf(path) ?? 0o644): void {
  const parent = dirname(path);
  const staging = stagingOf(path);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  try {
    rmSync(staging, { force: true });
    writeFlushed(staging, content, mode);
    renameSync(staging, path);
  } catch (error) {
    rmSync(staging, { force: true });
    throw error;
  }
  flushFolder(parent);
}

const modeOf = (path: string): number | undefined =>
  existsSync(path) ? statSync(path).mode & 0o777 : undefined;
