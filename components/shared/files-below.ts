import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Paths of all files below a folder, sorted; none where the folder is not there. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
