import { readFileSync } from "node:fs";
import { InputError, OperationError } from "../../../components/shared/errors";
import type { StateReading } from "../state-file";
import { type Copy, engineCopy } from "./copies";

export interface Choice {
  readonly stack: string;
  readonly copies: readonly Copy[];
  /** Name of the copy that the user wants. Default: the best one. */
  readonly wanted: string | undefined;
  /** What there is now; undefined: no state. */
  readonly present: StateReading | undefined;
  /** Whether the stack's file is restored too. */
  readonly configuration: boolean;
  /** What to do if there is nothing to restore from, in words. */
  readonly otherwise: string;
}

/** The copy to restore from, with its state. */
export type Chosen = Copy & { readonly state: string; readonly summary: NonNullable<Copy["summary"]> };

const isUsable = (copy: Copy): copy is Chosen =>
  copy.summary !== undefined && copy.state !== undefined && copy.problem === undefined;

/**
 * The named copy. Without a name the newest backup that can be read; and in the place of a state that is gone or
 * damaged, the copy with the latest state, which can be the engine's own.
 * @throws InputError if there is no such copy, OperationError if none can be restored.
 */
export function chooseCopy(choice: Choice): Chosen {
  const { stack, copies, wanted, present, configuration, otherwise } = choice;
  if (wanted !== undefined) return named(choice, wanted);
  const isLost = !present?.readable;
  const usable = copies
    .filter(isUsable)
    .filter((copy) => (configuration ? copy.configuration !== undefined : true))
    .filter(({ name }) => isLost || name !== engineCopy);
  const [best] = isLost ? usable.sort((one, other) => writtenAt(other) - writtenAt(one)) : usable;
  if (best !== undefined) return best;
  const count = copies.length === 0 ? "there is none" : `none of ${copies.length} can be used`;
  throw new OperationError(
    `the state of the stack ${stack} cannot be restored from a backup: ${count}${present?.readable ? "" : `; ${otherwise}`}`,
  );
}

function named({ stack, copies, configuration }: Choice, wanted: string): Chosen {
  const copy = copies.find(({ name }) => name === wanted);
  if (copy === undefined)
    throw refused(
      "no-backup",
      `there is no backup "${wanted}" of the stack ${stack}; ./backline state list ${stack} shows those that there are`,
    );
  if (!isUsable(copy))
    throw new OperationError(
      `the backup ${wanted} of the stack ${stack} cannot be restored: ${copy.problem ?? "it holds no state"}`,
    );
  if (configuration && copy.configuration === undefined)
    throw refused(
      "no-configuration",
      `the copy "${wanted}" holds no Pulumi.${stack}.yaml; restore it without --configuration, or name a backup that holds one`,
    );
  return copy;
}

const refused = (code: string, message: string): InputError =>
  new InputError([{ code, file: "", path: "", message }]);

const writtenAt = ({ summary, time }: Chosen): number => Date.parse(summary.written ?? time);

export const contentOf = ({ state }: Chosen): string => readFileSync(state, "utf8");
