import type { LineSink } from "./capture";

/** What a run of a command has around it. */
export interface Execution {
  /** Aborted when the engine cancels or the resource's time is up; its reason is the error. */
  readonly signal: AbortSignal;
  readonly log: LineSink;
  /** Hides secrets in what people see. */
  readonly mask: (text: string) => string;
}

/** The streams that a command leaves behind. */
export interface CommandOutputs {
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing has run yet. */
export const NO_OUTPUTS: CommandOutputs = { stdout: "", stderr: "" };

/** The error of a failed command: how it ended, the command, and all that it printed. */
export function commandError(how: string, command: string, printed: string, { mask }: Execution): Error {
  return new Error(mask(`${how}: running ${JSON.stringify(command)}:\n${printed}`));
}

/** Outputs of the previous run, for the environment of the next one. */
export function previousOutputs(
  previous: CommandOutputs,
  wanted: boolean | undefined,
): Record<string, string> {
  if (wanted === false) {
    return {};
  }
  return {
    ...(previous.stdout === "" ? {} : { PULUMI_COMMAND_STDOUT: previous.stdout }),
    ...(previous.stderr === "" ? {} : { PULUMI_COMMAND_STDERR: previous.stderr }),
  };
}
