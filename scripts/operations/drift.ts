import { OperationError } from "../../components/shared/errors";
import type { Way } from "../../toolchain";
import {
  detailLines,
  driftComment,
  engineEvents,
  foundChanges,
  hiddenOf,
  orFailureComment,
  type ResourceChange,
  shortType,
} from "./changes";
import { checkStack } from "./check-stack";
import { checkHost, drifting, type StepState } from "./host-check";
import { reach } from "./reach";
import { print, printJson } from "./say";
import { openKnownStack } from "./session";

export interface DriftOptions {
  readonly root: string;
  readonly stack: string;
  readonly format: "text" | "markdown" | "json";
  readonly forced?: Way | undefined;
  readonly verbose?: boolean | undefined;
}

/** What differs from what was deployed. */
export interface Drift {
  readonly stack: string;
  /** Resources that are gone (`delete`) or were changed (`update`). */
  readonly resources: readonly ResourceChange[];
  /** Steps of the host that differ; none where the stack runs on this machine's Docker. */
  readonly host: readonly StepState[];
}

/**
 * Prints what differs from what was deployed, and changes nothing.
 * @throws OperationError if something differs, or if it cannot be looked at.
 */
export async function showDrift(options: DriftOptions): Promise<void> {
  const { stack, format } = options;
  const look = async (): Promise<Drift> => {
    const drift = await findDrift(options);
    if (format === "json") printJson({ ...drift, ok: isClean(drift) });
    else if (format === "markdown")
      print(driftComment({ stack, changes: drift.resources, host: drift.host }));
    else print(renderDrift(drift));
    return drift;
  };
  const drift = format === "markdown" ? await orFailureComment("drift", options, look) : await look();
  if (!isClean(drift)) throw new OperationError(mends(drift));
}

async function findDrift({ root, stack, forced, verbose }: DriftOptions): Promise<Drift> {
  const session = await openKnownStack({ root, stack, forced });
  const { settings } = checkStack(root, stack, { missing: "warn" });
  await reach(settings);
  const hidden = hiddenOf(root);
  const args = ["refresh", "--preview-only", "--stack", stack, "--non-interactive"];
  const events = await engineEvents(session, args, { hidden, verbose });
  const host = settings.host.address === undefined ? [] : drifting(await checkHost(settings));
  return { stack, resources: foundChanges(events, hidden), host };
}

const isClean = ({ resources, host }: Drift): boolean => resources.length + host.length === 0;

/** One line for each part that differs, with what does below it. */
export function renderDrift({ stack, resources, host }: Drift): string {
  const lines = [
    ...resources.flatMap((change) => [
      `${change.operation === "delete" ? "gone   " : "changed"}  ${change.name} (${shortType(change.type)})`,
      ...(change.operation === "update" ? detailLines(change).map((line) => `           ${line}`) : []),
    ]),
    ...host.flatMap(({ name, details }) => [
      `host     ${name}`,
      ...details.map((line) => `           ${line}`),
    ]),
  ];
  return lines.length === 0 ? `Nothing differs from what was deployed to ${stack}.` : lines.join("\n");
}

function mends({ stack, resources, host }: Drift): string {
  const count = resources.length + host.length;
  const commands = [
    ...(resources.length === 0 ? [] : [`./backline refresh ${stack} && ./backline up ${stack}`]),
    ...(host.length === 0 ? [] : [`./backline host apply ${stack}`]),
  ];
  return `${count} ${count === 1 ? "part differs" : "parts differ"} from what was deployed; to put right: ${commands.join("; ")}`;
}
