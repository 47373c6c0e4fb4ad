import { engineArguments, runPulumi } from "../../scripts/operations/engine";
import type { Session } from "../../scripts/operations/session";

/** Updates a stack by the engine alone, as `./backline up` calls it; answers what the engine wrote. */
export const engineUp = (session: Session): Promise<string> =>
  runPulumi(session, [...engineArguments("up", session), "--yes", "--skip-preview"]);

export const enginePreview = (session: Session): Promise<string> =>
  runPulumi(session, engineArguments("preview", session));

/**
 * The number of resources that the engine left alone, by its own words, the stack and its providers among them.
 * @throws Error if it changed something: what is measured must change nothing.
 */
export function unchanged(output: string): number {
  const [, summary = ""] = /^Resources:\n((?:[ \t]+.*\n?)*)/m.exec(output) ?? [];
  const lines = summary.split("\n").filter((line) => line.trim() !== "");
  const [, count] = /^\s+(\d+) unchanged$/.exec(lines[0] ?? "") ?? [];
  if (lines.length !== 1 || count === undefined)
    throw new Error(`a run that should change nothing has changed something:\n${output}`);
  return Number(count);
}
