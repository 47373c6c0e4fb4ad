/** One thing that is wrong with what the user wrote, or worth a warning. */
export interface Problem {
  /** Stable code, as listed in docs/errors.md. */
  readonly code: string;
  /** Where the user wrote it: a file's name. */
  readonly file: string;
  /** Key path as the user typed it: `services.api.memory`. */
  readonly path: string;
  /** Value, rule and mend in one sentence. */
  readonly message: string;
}

/** `Pulumi.staging.yaml: services.api.memory: "2" has no unit; write "2Gi" or "2048Mi"` */
export function formatProblem(problem: Problem): string {
  const message = problem.message.replace(/"((?:[^"\\]|\\.)*)"/g, (quoted, value: string) =>
    value.length > longestShown ? `"${value.slice(0, longestShown)}..."` : quoted,
  );
  return [problem.file, problem.path, message].filter((part) => part !== "").join(": ");
}

/** Characters of a value that are shown: nobody reads a whole file that was given for a name. */
const longestShown = 200;

/** The user's input is wrong. Shown without a stack trace; the command line ends with exit code 2. */
export class InputError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.name = "InputError";
    this.problems = problems;
  }
}

/** Something that Backline needs is missing or failed. Shown without a stack trace; exit code 1. */
export class OperationError extends Error {
  /** What another program wrote, word for word, where the message says it in other words; shown with `--verbose`. */
  readonly raw: string | undefined;

  constructor(message: string, raw?: string) {
    super(message);
    this.name = "OperationError";
    this.raw = raw;
  }
}
