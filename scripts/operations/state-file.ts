import { readFileSync } from "node:fs";
import { OperationError } from "../../components/shared/errors";
import { brokenPart, stateFile } from "./state/integrity";
import { localState, shownPath } from "./state/local";

/** What a state on this machine says, as far as it is not encrypted. */
export interface StateSummary {
  readonly resources: number;
  /** The providers' ids of what exists: Docker's own for containers and networks. */
  readonly ids: ReadonlySet<string>;
  /** Operations that had begun when a run was killed. */
  readonly pending: number;
  /** When the engine wrote it; undefined for a stack that was never deployed. */
  readonly written?: string;
  /** What its secrets were encrypted with, without saying it: the same as in the stack's file. */
  readonly salt?: string;
}

/** `problem` says what is wrong with it: `ends after 4096 bytes`. */
export type StateReading =
  | { readonly readable: true; readonly summary: StateSummary }
  | { readonly readable: false; readonly problem: string };

/** Reads the content of a state file, and looks whether the engine would take it. */
export function inspectState(content: string): StateReading {
  const bad = (problem: string): StateReading => ({ readable: false, problem });
  if (content.trim() === "") return bad("is empty");
  if (content.includes("\0")) return bad("holds zero bytes in the place of text");
  let document: unknown;
  try {
    document = JSON.parse(content);
  } catch {
    const isCut = !content.trimEnd().endsWith("}");
    return bad(isCut ? `is cut off after ${Buffer.byteLength(content)} bytes` : "is no valid JSON");
  }
  const parsed = stateFile.safeParse(document);
  if (!parsed.success) return bad("holds no state of Pulumi's");
  const broken = brokenPart(parsed.data);
  if (broken !== undefined) return bad(`is damaged inside: ${broken}`);
  const { latest } = parsed.data.checkpoint;
  const resources = latest?.resources ?? [];
  const written = latest?.manifest?.time;
  const salt = latest?.secrets_providers?.state?.salt;
  const summary = {
    resources: resources.length,
    ids: new Set(resources.flatMap(({ id }) => (id === undefined ? [] : [id]))),
    pending: latest?.pending_operations?.length ?? 0,
    ...(written === undefined ? {} : { written }),
    ...(salt === undefined ? {} : { salt }),
  };
  return { readable: true, summary };
}

/** Reads the file of a state; undefined if there is none. @throws OperationError if this user may not read it. */
export function readStateFile(path: string): StateReading | undefined {
  try {
    return inspectState(readFileSync(path, "utf8"));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return undefined;
    if (code === "EACCES" || code === "EPERM")
      throw new OperationError(
        `${path} cannot be opened by this user (${code}); make it belong to who runs this command, who is perhaps not who ran the last one`,
      );
    return { readable: false, problem: `cannot be read (${String(code ?? error)})` };
  }
}

/** Reads the state of a stack; undefined if there is none on this machine, or none that can be understood. */
export function readState(root: string, stack: string): StateSummary | undefined {
  const local = localState(root, stack);
  const reading = local === undefined ? undefined : readStateFile(local.file);
  return reading?.readable ? reading.summary : undefined;
}

/**
 * Refuses to go on with a state that the engine would refuse, or take for that of a stack which has nothing.
 * @throws OperationError with the file, what is wrong with it, and the command that mends it.
 */
export function requireReadableState(
  root: string,
  stack: string,
  user: NodeJS.ProcessEnv = process.env,
): void {
  const local = localState(root, stack, user);
  const reading = local === undefined ? undefined : readStateFile(local.file);
  if (local === undefined || reading === undefined || reading.readable) return;
  throw new OperationError(
    `the state of the stack ${stack} cannot be used: ${shownPath(root, local.file)} ${reading.problem}; bring its last good copy back: ./backline state restore ${stack}`,
  );
}
