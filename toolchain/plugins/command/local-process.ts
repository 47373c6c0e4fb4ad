import { type ChildProcess, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { constants } from "node:os";
import { OutputCapture } from "./capture";
import { type CommandOutputs, commandError, type Execution, previousOutputs } from "./execution";
import type { LocalInputs } from "./inputs";

const DEFAULT_INTERPRETER = ["/bin/sh", "-c"];

/** How long a cancelled command may take to end by itself, in milliseconds. The engine kills the plugin after 5 s. */
const TERM_GRACE_MS = 2_000;

/**
 * Runs a command on this machine and waits for it, and for every process that still holds its output.
 * @param previous Outputs of the run before, for its environment.
 * @throws Error with the exit status and all output when it fails, or the signal's reason when it is cancelled.
 */
export async function runLocally(
  command: string,
  inputs: LocalInputs,
  previous: CommandOutputs,
  execution: Execution,
): Promise<CommandOutputs> {
  const { signal, log, mask } = execution;
  signal.throwIfAborted();
  const directory = inputs.dir ?? process.cwd();
  requireDirectory(directory);
  const interpreter = inputs.interpreter?.length ? inputs.interpreter : DEFAULT_INTERPRETER;
  const [program = "", ...args] = [...interpreter, command];

  const capture = new OutputCapture(inputs.logging, (line) => log(mask(line)));
  const child = spawn(program, args, {
    cwd: directory,
    env: {
      ...process.env,
      ...inputs.environment,
      ...previousOutputs(previous, inputs.addPreviousOutputInEnv),
    },
    // A process group of its own, so that cancelling ends what the command has started as well.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdout.on("data", (chunk: Buffer) => capture.write("stdout", chunk));
  child.stderr.on("data", (chunk: Buffer) => capture.write("stderr", chunk));
  // A command may end without reading its input.
  child.stdin.on("error", () => undefined).end(inputs.stdin ?? "");

  const failure = await ended(child, signal);
  capture.end();
  signal.throwIfAborted();
  if (failure !== undefined) {
    throw commandError(failure, command, capture.together, execution);
  }
  return capture.outputs;
}

function requireDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`dir ${JSON.stringify(path)} is not a directory; create it before the command runs`);
  }
}

/** Waits for a process; tells how it failed, or undefined. */
function ended(child: ChildProcess, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    let kill: NodeJS.Timeout | undefined;
    const cancel = () => {
      signalGroup(child, "SIGTERM");
      kill = setTimeout(() => signalGroup(child, "SIGKILL"), TERM_GRACE_MS);
    };
    const settle = (failure: string | undefined) => {
      clearTimeout(kill);
      signal.removeEventListener("abort", cancel);
      resolve(failure);
    };
    signal.addEventListener("abort", cancel, { once: true });
    child.once("error", (error) => settle(error.message));
    child.once("close", (code, by) => {
      settle(code === 0 ? undefined : code === null ? signalText(by) : `exit status ${code}`);
    });
  });
}

function signalText(signal: NodeJS.Signals | null): string {
  return signal === null ? "ended without a status" : `ended by ${signal} (${constants.signals[signal]})`;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) {
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended meanwhile.
  }
}
