import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { OperationError } from "../../../components/shared/errors";
import { stackFile } from "../../../stacks/settings/load-file";
import { ask, requireAnswer } from "../ask";
import { readOwnKeys } from "../stack-file";
import { withStackLock } from "../stack-lock";
import { readStateFile, type StateReading } from "../state-file";
import { backUpReplaced, prune } from "./backup";
import { sameState } from "./backups";
import { type Chosen, chooseCopy, contentOf } from "./choose";
import { readCopies } from "./copies";
import { replaceFile } from "./durable";
import { type LocalState, requireLocalState, shownPath } from "./local";
import { passphrasePlace, passphraseWarning } from "./passphrase";
import { noteRestore } from "./restored";

export interface RestoreOptions {
  readonly root: string;
  readonly stack: string;
  /** Name of a backup, or `engine`. Default: the newest one that can be read. */
  readonly backup?: string | undefined;
  /** Whether the stack's file is brought back too. */
  readonly configuration: boolean;
  readonly yes: boolean;
}

export interface Restored {
  readonly stack: string;
  /** Name of the backup whose state is there now. */
  readonly backup: string;
  readonly reason: string;
  /** When the engine wrote that state. */
  readonly written: string;
  readonly resources: number;
  /** False: the state was this one already, and nothing was changed. */
  readonly changed: boolean;
  /** Whether the stack's file was brought back too. */
  readonly configuration: boolean;
  /** Name of the backup that holds what was replaced; undefined: there was nothing. */
  readonly kept?: string;
  readonly warnings: readonly string[];
}

/**
 * Puts a copy of a state in the place of the present one, which becomes a backup itself.
 * @throws OperationError if there is no copy that can be read, or something works on the stack.
 */
export async function restoreState(options: RestoreOptions): Promise<Restored> {
  const { root, stack, yes, configuration } = options;
  requireAnswer("state restore", yes);
  const local = requireLocalState(root, stack);
  return await withStackLock(root, stack, `state restore ${stack}`, async () => {
    const present = readStateFile(local.file);
    const copy = chooseCopy({
      ...{ stack, present, configuration, wanted: options.backup },
      copies: readCopies(root, stack, local),
      otherwise: beginAnew(root, stack, local),
    });
    const done = {
      ...{ stack, backup: copy.name, reason: copy.reason, configuration },
      ...{ written: copy.summary.written ?? copy.time, resources: copy.summary.resources },
      warnings: warningsOf(root, stack, copy, configuration),
    };
    if (isThere(root, stack, local, copy, configuration)) return { ...done, changed: false };
    if (!yes && !(await ask(question(stack, copy, present, configuration))))
      throw new OperationError("nothing was changed");
    const kept = put(root, stack, local, copy, configuration);
    prune(root, stack);
    return { ...done, changed: true, ...(kept === undefined ? {} : { kept }) };
  });
}

/** The way out where no copy of a state can be read. Data stays. */
function beginAnew(root: string, stack: string, { file }: LocalState): string {
  const aside = existsSync(file) ? `mv ${shownPath(root, file)} ${shownPath(root, file)}.damaged && ` : "";
  return `to begin anew and keep the data: ${aside}./backline destroy ${stack} && ./backline init ${stack} && ./backline up ${stack}`;
}

function isThere(
  root: string,
  stack: string,
  { file }: LocalState,
  copy: Chosen,
  configuration: boolean,
): boolean {
  if (!existsSync(file) || !sameState(readFileSync(file, "utf8"), contentOf(copy))) return false;
  return !configuration || !differs(root, stack, copy);
}

/** Whether the stack's file is another one than the copy's. */
function differs(root: string, stack: string, { configuration }: Chosen): boolean {
  if (configuration === undefined) return false;
  const path = join(root, stackFile(stack));
  return !existsSync(path) || !readFileSync(path).equals(readFileSync(configuration));
}

function question(
  stack: string,
  { name, reason, summary, time }: Chosen,
  present: StateReading | undefined,
  configuration: boolean,
): string {
  const now =
    present === undefined
      ? "there is none"
      : present.readable
        ? `${present.summary.resources} resources`
        : `it ${present.problem}`;
  const file = configuration ? ` and ${stackFile(stack)}` : "";
  return `Replace the state of ${stack} (${now})${file} by the copy ${name} (${reason}, state of ${summary.written ?? time}, ${summary.resources} resources)?`;
}

/** What must be read of the copy is read before anything is replaced. */
function put(
  root: string,
  stack: string,
  local: LocalState,
  copy: Chosen,
  configuration: boolean,
): string | undefined {
  const state = contentOf(copy);
  const path = join(root, stackFile(stack));
  const settings =
    configuration && copy.configuration !== undefined ? readFileSync(copy.configuration) : undefined;
  const isNothing = !existsSync(local.file) && (settings === undefined || !existsSync(path));
  const kept = isNothing ? undefined : backUpReplaced(root, stack, local);
  noteRestore(root, stack, copy.name);
  replaceFile(local.file, state, 0o600);
  // They are about the state that was replaced: its copy, and the checksums of both.
  for (const left of [`${local.file}.attrs`, local.previous, `${local.previous}.attrs`])
    rmSync(left, { force: true });
  if (settings !== undefined) replaceFile(path, settings);
  return kept;
}

function warningsOf(root: string, stack: string, copy: Chosen, configuration: boolean): string[] {
  const place = passphrasePlace(root, stack);
  const path = join(root, stackFile(stack));
  const used = configuration ? copy.configuration : existsSync(path) ? path : undefined;
  const salt = used === undefined ? undefined : readOwnKeys(used).encryptionSalt;
  const isOther = salt !== undefined && copy.summary.salt !== undefined && salt !== copy.summary.salt;
  const missing = place.found ? undefined : passphraseWarning(stack, place);
  return [
    ...(missing === undefined ? [] : [missing]),
    ...(isOther
      ? [
          `the secrets in that state were encrypted with another key than those in ${stackFile(stack)}; if the passphrase was another one then, the engine needs that one`,
        ]
      : []),
    ...(!configuration && differs(root, stack, copy)
      ? [
          `${stackFile(stack)} differs from the backup's and stays as it is; --configuration brings that back too`,
        ]
      : []),
  ];
}
