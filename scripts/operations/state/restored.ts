import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectPaths } from "../project";
import { replaceFile } from "./durable";

/**
 * A restored state does not know what was made after it, whose names and data volumes are in the way of the next
 * update. So a restore leaves a note for it, beside the backups.
 */
const note = (root: string, stack: string): string => join(projectPaths(root).backups(stack), "restored");

/** @param name Of the backup. */
export const noteRestore = (root: string, stack: string, name: string): void =>
  replaceFile(note(root, stack), `${name}\n`, 0o600);

/** Whether a state was restored that no update has compared with what is there. */
export const wasRestored = (root: string, stack: string): boolean => existsSync(note(root, stack));

export const forgetRestore = (root: string, stack: string): void =>
  rmSync(note(root, stack), { force: true });
