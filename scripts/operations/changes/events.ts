import { z } from "zod";
import { OperationError } from "../../../components/shared/errors";
import { EngineFailure, runPulumi } from "../engine";
import { isStackFrame } from "../engine-lines";
import { recogniseFault } from "../faults";
import type { Session } from "../session";
import { type Hidden, printable } from "./printable";

const values = z.record(z.string(), z.unknown());

const state = z.object({
  inputs: values.default({}),
  outputs: values.default({}),
  /** Whether a deletion leaves alone what the resource stands for. */
  retainOnDelete: z.boolean().nullish(),
});

const step = z.object({
  op: z.string(),
  urn: z.string(),
  type: z.string(),
  old: state.nullish(),
  new: state.nullish(),
  /** Inputs that force a replacement. */
  keys: z.array(z.string()).nullish(),
  /** Inputs that differ. */
  diffs: z.array(z.string()).nullish(),
  /** Whether it stands for the change, and not for one half of a replacement. */
  logical: z.boolean().nullish(),
});

/** What the engine says of one resource. */
export type EngineStep = z.infer<typeof step>;

/**
 * Lines that the engine prints with `--json` and `PULUMI_ENABLE_STREAMING_JSON_PREVIEW`, as far as they are used here:
 * https://www.pulumi.com/docs/iac/automation-api/#engine-events
 */
const engineEvent = z.object({
  resourcePreEvent: z.object({ metadata: step }).optional(),
  resOutputsEvent: z.object({ metadata: step }).optional(),
  diagnosticEvent: z.object({ message: z.string(), severity: z.string() }).optional(),
});

export interface EngineEvents {
  /** What it is about to do. */
  readonly planned: readonly EngineStep[];
  /** What came of it: after a refresh, how things really are. */
  readonly results: readonly EngineStep[];
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
}

/** Events from what the engine printed; lines that are no events are passed over. */
export function parseEvents(text: string, hidden: Hidden): EngineEvents {
  const events: { [Kind in keyof EngineEvents]: EngineEvents[Kind][number][] } = {
    planned: [],
    results: [],
    warnings: [],
    errors: [],
  };
  for (const line of text.split("\n")) {
    if (!line.startsWith("{")) continue;
    const { data } = engineEvent.safeParse(parseJson(line));
    if (data?.resourcePreEvent) events.planned.push(data.resourcePreEvent.metadata);
    if (data?.resOutputsEvent) events.results.push(data.resOutputsEvent.metadata);
    const { message, severity } = data?.diagnosticEvent ?? {};
    const said = message === undefined ? "" : String(printable(message.trim(), hidden));
    if (said !== "" && severity === "warning" && !events.warnings.includes(said)) events.warnings.push(said);
    if (said !== "" && severity === "error" && !events.errors.includes(said)) events.errors.push(said);
  }
  return events;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * Runs the engine and answers what it tells of every resource.
 * @throws OperationError with the fault's sentence, or with the engine's own errors.
 */
export async function engineEvents(
  session: Session,
  args: readonly string[],
  options: { readonly hidden: Hidden; readonly verbose?: boolean | undefined },
): Promise<EngineEvents> {
  const { hidden, verbose } = options;
  const streaming = {
    ...session,
    environment: { ...session.environment, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" },
  };
  try {
    const text = await runPulumi(streaming, [...args, "--color", "never", "--json"], { verbose });
    return parseEvents(text, hidden);
  } catch (error) {
    if (!(error instanceof EngineFailure)) throw error;
    const { errors } = parseEvents(error.output, hidden);
    if (errors.length === 0) throw new OperationError(String(printable(error.message, hidden)));
    const text = errors.join("\n");
    throw new OperationError(
      recogniseFault(text, session.stack) ??
        text
          .split("\n")
          .filter((line) => !isStackFrame(line))
          .join("\n"),
    );
  }
}
