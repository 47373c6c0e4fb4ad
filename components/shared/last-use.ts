import { rmSync, statSync, utimesSync } from "node:fs";

/** Notes in a file's or folder's time that it was used now. */
export function markUsed(path: string): void {
  utimesSync(path, new Date(), new Date());
}

/** Removes files and folders whose last use is longer ago than this, in ms. What another run has removed meanwhile is passed over. */
export function removeUnused(paths: readonly string[], age: number): void {
  for (const path of paths) {
    const used = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - used > age) rmSync(path, { recursive: true, force: true });
  }
}
