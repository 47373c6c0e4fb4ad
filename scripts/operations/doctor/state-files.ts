import { OperationError } from "../../../components/shared/errors";
import { readBackups } from "../state/backups";
import { localState } from "../state/local";
import { readStateFile } from "../state-file";
import { type Finding, fail, ok } from "./finding";

/** Whether the state of a stack can be used; nothing where there is none on this machine. */
export function checkStateFile(root: string, stack: string): Finding[] {
  const name = `state of ${stack}`;
  const local = localState(root, stack);
  try {
    const reading = local === undefined ? undefined : readStateFile(local.file);
    if (local === undefined || reading === undefined) return [];
    if (!reading.readable)
      return [fail(name, `${local.file} ${reading.problem}`, `./backline state restore ${stack}`)];
    const count = readBackups(root, stack).length;
    return [ok(name, `${reading.summary.resources} resources; backups: ${count}`)];
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return [fail(name, error.message, "make it belong to this user")];
  }
}
