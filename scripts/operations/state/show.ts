import { ageOf } from "../duration";
import { projectPaths } from "../project";
import { print, printJson, say } from "../say";
import { withStackLock } from "../stack-lock";
import { table } from "../table";
import { backUpByHand, keptBackups } from "./backup";
import { type Copy, readCopies } from "./copies";
import { requireLocalState, shownPath } from "./local";
import { passphrasePlace, passphraseWarning } from "./passphrase";
import { type RestoreOptions, restoreState } from "./restore";

/** Makes a backup by hand and says where it is. */
export async function showBackup(root: string, stack: string, json: boolean): Promise<void> {
  requireLocalState(root, stack);
  const name = await withStackLock(root, stack, `state backup ${stack}`, async () =>
    backUpByHand(root, stack),
  );
  const made = listedCopies(root, stack).find((copy) => copy.name === name);
  const folder = shownPath(root, `${projectPaths(root).backups(stack)}/${name}`);
  const { place } = passphrasePlace(root, stack);
  if (json) printJson({ stack, folder, passphrase: place, ...made });
  else
    print(
      `Made the backup ${name} of ${stack} in ${folder}. The last ${keptBackups} backups are kept; copy it elsewhere to keep it for longer.`,
    );
  warn(root, stack);
  if (made?.problem !== undefined) say(`warning: what was copied cannot be restored: ${made.problem}`);
}

/** A copy as people see it. */
type Listed = Pick<Copy, "name" | "time" | "reason" | "size" | "problem"> & {
  /** Undefined where the state cannot be read. */
  readonly resources: number | undefined;
  readonly readable: boolean;
};

const listedCopies = (root: string, stack: string): Listed[] =>
  readCopies(root, stack, requireLocalState(root, stack)).map(
    ({ name, time, reason, size, summary, problem }) => ({
      ...{ name, time, reason, size },
      ...{ resources: summary?.resources, readable: problem === undefined, problem },
    }),
  );

/** Prints what the state of a stack can be restored from, newest first. */
export function showCopies(root: string, stack: string, json: boolean): void {
  const copies = listedCopies(root, stack);
  const { place } = passphrasePlace(root, stack);
  if (json) printJson({ stack, passphrase: place, backups: copies });
  else print(renderCopies(stack, copies, new Date()));
  if (copies.length > 0) warn(root, stack);
}

export function renderCopies(stack: string, copies: readonly Listed[], now: Date): string {
  if (copies.length === 0)
    return `The stack ${stack} has no backup yet; every up makes one, and ./backline state backup ${stack} makes one now.\n`;
  return table(
    ["BACKUP", "MADE", "REASON", "SIZE", "RESOURCES", ""],
    copies.map(({ name, time, reason, size, resources, problem }) => [
      name,
      time === "" ? "-" : `${time.slice(0, 16).replace("T", " ")}Z (${ageOf(time, now)} ago)`,
      reason,
      readableSize(size),
      resources === undefined ? "-" : String(resources),
      problem === undefined ? "readable" : `NOT READABLE: ${problem}`,
    ]),
  );
}

/** `812 B`, `462 KB`, `1.4 MB` */
function readableSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Restores and says what that means. */
export async function showRestored(options: RestoreOptions, json: boolean): Promise<void> {
  const { stack } = options;
  const { warnings, ...restored } = await restoreState(options);
  const { backup, reason, written, resources, changed, kept, configuration } = restored;
  if (json) printJson({ ...restored, warnings });
  else if (!changed) print(`The state of ${stack} is that of ${backup} already; nothing was changed.`);
  else
    print(
      [
        `The state of ${stack}${configuration ? ` and Pulumi.${stack}.yaml are those` : " is that"} of ${backup} (${reason}): ${resources} resources, written ${written}.`,
        ...(kept === undefined ? [] : [`What was replaced is the backup ${kept}.`]),
        `What was made since is not in it. The next ./backline up ${stack} looks at what is really there, and makes anew what the state does not know.`,
      ].join("\n"),
    );
  for (const warning of warnings) say(`warning: ${warning}`);
}

function warn(root: string, stack: string): void {
  const warning = passphraseWarning(stack, passphrasePlace(root, stack));
  if (warning !== undefined) say(`warning: ${warning}`);
}
