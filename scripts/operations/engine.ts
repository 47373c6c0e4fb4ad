import { execa } from "execa";
import { OperationError } from "../../components/shared/errors";
import { isStackFrame, withoutScript } from "./engine-lines";
import { engineShow } from "./engine-show";
import { recogniseFault } from "./faults";
import { startHeartbeat } from "./heartbeat";
import { engineMark } from "./orphaned-engine";
import { bundledProgram } from "./program-bundle";
import type { Session } from "./session";

export interface EngineOptions {
  /** Where the engine's lines go as they come. Default: nowhere. */
  readonly show?: ((line: string) => void) | undefined;
  /** Written to the engine's standard input. */
  readonly input?: string;
  readonly verbose?: boolean | undefined;
  readonly cwd?: string;
  /** What failed, for the message: `pulumi up`. Default from the arguments. */
  readonly what?: string;
}

/** A run of the engine that failed, with all that it wrote. */
export class EngineFailure extends OperationError {
  readonly output: string;

  /** @param shown Whether the user has seen the output already, whole. */
  constructor(message: string, output: string, shown = false) {
    super(message, shown ? undefined : output);
    this.output = output;
  }
}

/** Commands of the engine that run the program. */
const runsProgram = ["up", "preview"];

/** The engine and its plugins are short-lived Go programs: collecting garbage this much later makes them a little faster. */
const fewerCollections = { GOGC: "300" };

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Arguments that every run of the engine has: lines as they come, and nothing to ask. */
export function engineArguments(command: string, { stack, toolchain }: Session): string[] {
  const color = process.stderr.isTTY ? "always" : "never";
  const quiet = ["--suppress-outputs", "--suppress-progress"];
  // Where all plugins are in their place, looking for them first is lost time.
  const plugins = toolchain.kind === "registry" ? ["--skip-plugin-pre-install"] : [];
  return [command, "--stack", stack, "--non-interactive", "--color", color, ...quiet, ...plugins];
}

/**
 * Runs `pulumi` as a child process and answers its standard output. An interrupt is passed on to it once, so that it
 * ends in order; the second one kills it.
 * @throws EngineFailure with the fault's sentence if it fails.
 */
export async function runPulumi(
  session: Session,
  args: readonly string[],
  options: EngineOptions = {},
): Promise<string> {
  const { show, verbose = false, what = `pulumi ${args[0] ?? ""}` } = options;
  const program = runsProgram.includes(args[0] ?? "") ? await bundledProgram(session.root) : {};
  // In a group of its own, so that an interrupt from the keyboard reaches it through us and not twice.
  const child = execa(session.toolchain.pulumi, [...args], {
    cwd: options.cwd ?? session.root,
    env: { ...fewerCollections, ...session.environment, ...engineMark(), ...program },
    extendEnv: false,
    detached: true,
    reject: false,
    maxBuffer: 50_000_000,
    ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
  });
  const release = passOnInterrupts(child.pid);
  const heartbeat = show === undefined ? undefined : startHeartbeat({ say });
  const lines = show === undefined ? undefined : engineShow(show, verbose);
  const forward = async (from: "stdout" | "stderr"): Promise<void> => {
    for await (const line of child.iterable({ from }))
      heartbeat?.beat(withoutScript(line), lines?.take(from, line) ?? false);
  };
  try {
    const [result] = await Promise.all([child, ...(show ? [forward("stdout"), forward("stderr")] : [])]);
    const output = `${result.stderr}\n${result.stdout}`;
    const sentence = result.exitCode === 0 ? undefined : recogniseFault(output, session.stack);
    lines?.end(sentence !== undefined);
    if (result.exitCode === 0) return result.stdout;
    if (result.code === "ENOENT")
      throw new OperationError(
        `${session.toolchain.pulumi} is gone; delete .backline/toolchain.json and run the command again`,
      );
    const message = release()
      ? `${what} was interrupted; the next run goes on from where it is`
      : (sentence ?? failure(what, output, show !== undefined));
    throw new EngineFailure(message, output, show !== undefined && verbose);
  } finally {
    release();
    heartbeat?.stop();
  }
}

function failure(what: string, output: string, shown: boolean): string {
  if (shown) return `${what} failed, as the lines above say; --verbose shows more`;
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !isStackFrame(line));
  return `${what} failed: ${lines.slice(-6).join("\n")}`;
}

/** Forwards interrupts to a process group until released; `release` answers whether there was one. */
function passOnInterrupts(pid: number | undefined): () => boolean {
  let count = 0;
  const handle = (): void => {
    count++;
    say(
      count === 1
        ? "interrupted: waiting for Pulumi to finish what it has begun; interrupt again to kill it"
        : "interrupted again: killed",
    );
    try {
      if (pid !== undefined) process.kill(count === 1 ? pid : -pid, count === 1 ? "SIGINT" : "SIGKILL");
    } catch {
      // It has just ended by itself.
    }
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, handle);
  return () => {
    for (const signal of signals) process.off(signal, handle);
    return count > 0;
  };
}
