import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { OperationError } from "../../../components/shared/errors";
import { stackFile } from "../../../stacks/settings/load-file";
import { projectPaths } from "../project";
import { readStateFile } from "../state-file";
import { type Backup, examine, readBackups, sameState } from "./backups";
import { unfinished, writeFolder } from "./durable";
import { type LocalState, localState, requireLocalState, shownPath } from "./local";
import { describeFile, type Manifest, manifestFile, previousName, stateName } from "./manifest";
import { passphrasePlace } from "./passphrase";

/** Backups of a stack that are kept, those made by hand among them. */
export const keptBackups = 20;

/**
 * Before a command changes the state: copies what it finds, for who holds the stack's lock. A state that is kept
 * elsewhere, and a stack without one, are left alone.
 * @throws OperationError if the copy cannot be written; nothing was changed then.
 */
export function backUpBefore(root: string, stack: string, command: string, now = new Date()): void {
  const local = localState(root, stack);
  if (local === undefined || !existsSync(local.file)) return;
  const reason = `before ${command}`;
  const last = readBackups(root, stack).find(({ manifest }) => manifest?.backend === local.folder);
  write(root, stack, local, reason, now);
  // Runs that change nothing would push everything else out.
  if (last?.reason.startsWith("before ") && holdsPresent(root, stack, local, last)) remove(last);
  prune(root, stack);
}

/**
 * Copies the state and the file of a stack; answers the backup's name. It counts among the twenty that are kept.
 * @throws OperationError if there is nothing to copy, or the state is kept elsewhere.
 */
export function backUpByHand(root: string, stack: string, now = new Date()): string {
  const local = requireLocalState(root, stack);
  if (!existsSync(local.file))
    throw new OperationError(
      `the stack ${stack} has no state on this machine: there is no ${shownPath(root, local.file)}`,
    );
  const name = write(root, stack, local, "by hand", now);
  prune(root, stack);
  return name;
}

/** Copies what a restore replaces; answers the backup's name. Removes none: it could be the one that is restored. */
export const backUpReplaced = (root: string, stack: string, local: LocalState, now = new Date()): string =>
  write(root, stack, local, "before restore", now);

function write(root: string, stack: string, local: LocalState, reason: string, now: Date): string {
  const folder = projectPaths(root).backups(stack);
  const name = freeName(folder, now);
  try {
    const files = present(root, stack, local);
    const text: Manifest = {
      version: 1,
      ...{ stack, time: now.toISOString(), reason, by: `${userInfo().username}@${hostname()}` },
      ...{ backend: local.folder, passphrase: passphrasePlace(root, stack).place },
      files: Object.fromEntries(
        Object.entries(files).map(([file, content]) => [file, describeFile(content)]),
      ),
    };
    writeFolder(join(folder, name), { ...files, [manifestFile]: `${JSON.stringify(text, null, 2)}\n` });
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new OperationError(
      `no backup of the state of ${stack} can be written to ${shownPath(root, folder)} (${reasonOf(error.code)}), so that nothing was changed; mend that and run the command again`,
    );
  }
  return name;
}

const reasonOf = (code: unknown): string =>
  code === "ENOSPC" ? "the disk is full" : code === "EACCES" ? "this user may not write there" : String(code);

/** The files of a stack as they are. */
function present(root: string, stack: string, local: LocalState): Record<string, Buffer> {
  const isReadable = readStateFile(local.file)?.readable === true;
  const paths = {
    [stateName]: local.file,
    // The best that there is of a state that is damaged; otherwise the state says it all.
    ...(isReadable ? {} : { [previousName]: local.previous }),
    [stackFile(stack)]: join(root, stackFile(stack)),
  };
  return Object.fromEntries(
    Object.entries(paths)
      .filter(([, path]) => existsSync(path))
      .map(([name, path]) => [name, readFileSync(path)]),
  );
}

/** `20300131-120000`, in UTC; the second one of a second has a number behind it. */
function freeName(folder: string, now: Date): string {
  const time = now.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  for (let number = 1; ; number++) {
    const name = number === 1 ? time : `${time}-${number}`;
    if (!existsSync(join(folder, name))) return name;
  }
}

/** Whether a backup differs in nothing from what is there. */
function holdsPresent(root: string, stack: string, local: LocalState, backup: Backup): boolean {
  const files = present(root, stack, local);
  const [state, configuration] = [files[stateName], files[stackFile(stack)]];
  return (
    examine(backup).problem === undefined &&
    backup.state !== undefined &&
    state !== undefined &&
    sameState(readFileSync(backup.state, "utf8"), state.toString("utf8")) &&
    (configuration === undefined
      ? backup.configuration === undefined
      : backup.configuration !== undefined && readFileSync(backup.configuration).equals(configuration))
  );
}

/** Names that are times: a backup whose folder somebody has renamed is theirs to remove. */
const ownName = /^\d{8}-\d{6}(-\d+)?$/;

/** Removes all but the last backups, but never the last one that can be read, and what killed runs have left. */
export function prune(root: string, stack: string): void {
  const folder = projectPaths(root).backups(stack);
  for (const name of existsSync(folder) ? readdirSync(folder) : [])
    if (name.endsWith(unfinished)) rmSync(join(folder, name), { recursive: true, force: true });
  const backups = readBackups(root, stack).filter(({ name }) => ownName.test(name));
  const surplus = backups.slice(keptBackups);
  if (surplus.length === 0) return;
  const lastGood = backups.find((backup) => examine(backup).problem === undefined);
  for (const backup of surplus) if (backup !== lastGood) remove(backup);
}

/** The manifest goes first: what is left of a removal that was cut short is no backup. */
function remove({ folder }: Backup): void {
  rmSync(join(folder, manifestFile), { force: true });
  rmSync(folder, { recursive: true, force: true });
}
