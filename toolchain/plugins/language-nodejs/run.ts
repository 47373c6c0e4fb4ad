import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { RuntimeOptions } from "./options";

/** Exit code of a program that has already told the user what is wrong: the engine must add nothing. */
const EXIT_ALREADY_REPORTED = 32;

/**
 * Node.js 20.20 never returns from `util.inspect(error, { colors: true })` when a line of the stack ends in
 * `node_modules/@scope/file.ts:1:2`. The SDK reports every uncaught error in that way and its source maps give
 * such paths (`node_modules/@pulumi/resource.ts`), so a program that throws would hang. Without colours all is well.
 */
const PLAIN_ERRORS = `import util from "node:util";
const inspect = util.inspect;
util.inspect = Object.assign((value, ...options) =>
  value instanceof Error && options[0]?.colors === true
    ? inspect(value, { ...options[0], colors: false })
    : inspect(value, ...options), inspect);`;

/** What the engine says about a run. */
export interface RunArguments {
  readonly monitor: string;
  readonly engine: string;
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  readonly rootDirectory: string;
  readonly programDirectory: string;
  readonly entryPoint: string;
  readonly dryRun: boolean;
  /** Number of resources at a time. */
  readonly parallel: number;
  readonly args: readonly string[];
  readonly config: Readonly<Record<string, string>>;
  readonly configSecretKeys: readonly string[];
}

/** How a program ended: `bail` when it told the user itself, `error` with one sentence, or "" for success. */
export interface RunOutcome {
  readonly error: string;
  readonly bail: boolean;
}

/**
 * The SDK's runner inside the program's own node_modules.
 * @throws Error when the SDK is not installed there.
 */
export function locateRunner(programDirectory: string): string {
  try {
    return createRequire(join(programDirectory, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new Error(
      `@pulumi/pulumi is not installed for the program in ${programDirectory}; run "npm install" in the project`,
    );
  }
}

/** Arguments of Node.js for a run: its own, the runner, the runner's options, the program, the program's arguments. */
export function nodeArguments(runner: string, options: RuntimeOptions, run: RunArguments): string[] {
  const named: [string, string][] = [
    ["monitor", run.monitor],
    ["engine", run.engine],
    ["organization", run.organization],
    ["project", run.project],
    ["root-directory", run.rootDirectory],
    ["stack", run.stack],
    ["pwd", run.programDirectory],
    ["parallel", String(run.parallel)],
  ];
  return [
    `--import=data:text/javascript,${encodeURIComponent(PLAIN_ERRORS)}`,
    ...options.nodeargs,
    runner,
    ...named.flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, value])),
    ...(run.dryRun ? ["--dry-run"] : []),
    run.entryPoint,
    ...run.args,
  ];
}

/** What the SDK reads from the environment. */
export function programEnvironment(options: RuntimeOptions, run: RunArguments): Record<string, string> {
  const config = Object.entries(run.config).map(([key, value]) => [sdkConfigKey(key), value]);
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(config)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(run.configSecretKeys),
    ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
  };
}

/**
 * Starts the program, in its own directory so that modules named in `nodeargs` are found in its node_modules.
 * Its output goes where ours goes: to the engine, which shows it under the stack.
 */
export function startProgram(options: RuntimeOptions, run: RunArguments): ChildProcess {
  const args = nodeArguments(locateRunner(run.programDirectory), options, run);
  return spawn(process.execPath, args, {
    cwd: run.programDirectory,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...programEnvironment(options, run) },
  });
}

/** Waits for a program and says how it ended. */
export function programOutcome(program: ChildProcess): Promise<RunOutcome> {
  return new Promise((resolve) => {
    program.once("error", (error) => {
      resolve({ error: `Node.js could not be started: ${error.message}`, bail: false });
    });
    program.once("exit", (code, signal) => resolve(outcome(code, signal)));
  });
}

function outcome(code: number | null, signal: string | null): RunOutcome {
  if (code === 0) {
    return { error: "", bail: false };
  }
  if (code === EXIT_ALREADY_REPORTED) {
    return { error: "", bail: true };
  }
  const how = code === null ? `was ended by ${signal}` : `exited with non-zero exit code: ${code}`;
  return { error: `Program ${how}`, bail: false };
}

/** The engine writes `namespace:name`, the SDK still reads `namespace:config:name`. */
function sdkConfigKey(key: string): string {
  const [namespace, ...rest] = key.split(":");
  return rest[0] === "config" && rest.length > 1 ? key : `${namespace}:config:${rest.join(":")}`;
}
