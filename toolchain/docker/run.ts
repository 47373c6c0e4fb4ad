import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { OperationError } from "../../components/shared/errors";
import type { Report } from "../progress";

export interface RunOptions {
  /** Beginning of the sentence that a failure gives: `Installing docker.io`. */
  readonly what: string;
  /** Told the latest line that the program printed. Default: nobody. */
  readonly report?: Report;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory. Default: the current one. */
  readonly cwd?: string;
  /** Seconds after which the program is ended, which counts as a failure. Default: none. */
  readonly timeoutSeconds?: number;
}

/** Exit code and output of a program that may fail; a program that is missing counts as failed. */
export interface Outcome {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program and gives what it printed on standard output. Throws an OperationError with its last lines. */
export async function run(command: readonly string[], options: RunOptions): Promise<string> {
  const [program = "", ...args] = command;
  const child = execa(program, args, {
    all: true,
    stdin: "ignore",
    reject: false,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.timeoutSeconds === undefined ? {} : { timeout: options.timeoutSeconds * 1000 }),
  });
  if (options.report !== undefined) reportLines(child.all, options.report);
  const result = await child;
  if (result.failed) {
    const said = lastLines(result.all || (result.shortMessage ?? ""), 5);
    throw new OperationError(`${options.what} failed: ${said}`);
  }
  return result.stdout;
}

/** Runs a short program that asks for a state. Never throws. */
export async function ask(command: readonly string[], timeoutSeconds = 10): Promise<Outcome> {
  const [program = "", ...args] = command;
  const result = await execa(program, args, {
    stdin: "ignore",
    reject: false,
    timeout: timeoutSeconds * 1000,
  });
  return {
    ok: !result.failed,
    stdout: result.stdout.trim(),
    stderr: result.stderr.trim() || (result.failed ? (result.shortMessage ?? "") : ""),
  };
}

function reportLines(stream: AsyncIterable<unknown> & NodeJS.ReadableStream, report: Report): void {
  stream.on("data", (chunk: Buffer | string) => {
    const line = lastLines(chunk.toString(), 1);
    if (line !== "") report(line.slice(0, 100));
  });
}

function lastLines(text: string, count: number): string {
  return stripVTControlCharacters(text)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(-count)
    .join("; ");
}
