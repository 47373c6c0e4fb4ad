import { type Properties, reveal } from "../shared/values";
import { assetOutputs } from "./assets";
import { type CommandOutputs, type Execution, NO_OUTPUTS } from "./execution";
import {
  inputFailures,
  type LocalInputs,
  localCommandSchema,
  localRunSchema,
  ownInputs,
  parseInputs,
} from "./inputs";
import { runLocally } from "./local-process";
import type { ResourceType } from "./resource-type";

const COMPUTED = ["stdout", "stderr", "assets", "archive"];

/** `command:local:Command`: a command on the machine that runs Pulumi. */
export const localCommand: ResourceType = {
  idPrefix: (name) => name,
  check: (inputs) => ({ inputs, failures: inputFailures(localCommandSchema, inputs) }),
  computed: ({ assetPaths, archivePaths }) => [
    "stdout",
    "stderr",
    ...(assetPaths === undefined ? [] : ["assets"]),
    ...(archivePaths === undefined ? [] : ["archive"]),
  ],
  async create(inputs, execution) {
    const parsed = parseInputs(localCommandSchema, inputs);
    return parsed.create === undefined
      ? { ...NO_OUTPUTS }
      : run(parsed.create, parsed, NO_OUTPUTS, execution);
  },
  async update(inputs, state, execution) {
    const parsed = parseInputs(localCommandSchema, inputs);
    const kept = keptOutputs(state);
    const command = parsed.update ?? parsed.create;
    return command === undefined
      ? kept
      : { ...kept, ...(await run(command, parsed, lastOutputs(state), execution)) };
  },
  async delete(state, execution) {
    const parsed = parseInputs(localCommandSchema, ownInputs(localCommandSchema, state));
    if (parsed.delete !== undefined) {
      await run(parsed.delete, parsed, lastOutputs(state), execution);
    }
  },
};

/** `command:local:run`: a command that runs at each preview and each deployment. */
export async function localRun(args: Properties, execution: Execution): Promise<Properties> {
  const parsed = parseInputs(localRunSchema, args);
  return { ...args, ...(await run(parsed.command, parsed, NO_OUTPUTS, execution)) };
}

/** The computed outputs of a state, with their marks of secrecy: what remains when an update runs nothing. */
export function keptOutputs(state: Properties): Properties {
  return Object.fromEntries(Object.entries(state).filter(([name]) => COMPUTED.includes(name)));
}

/** `stdout` and `stderr` as the state has them. */
export function lastOutputs(state: Properties): CommandOutputs {
  const text = (name: string): string => {
    const value = reveal(state[name] ?? "");
    return typeof value === "string" ? value : "";
  };
  return { stdout: text("stdout"), stderr: text("stderr") };
}

async function run(
  command: string,
  inputs: LocalInputs,
  previous: CommandOutputs,
  execution: Execution,
): Promise<Properties> {
  const outputs = await runLocally(command, inputs, previous, execution);
  const found = await assetOutputs(inputs.dir ?? process.cwd(), inputs.assetPaths, inputs.archivePaths);
  return { ...outputs, ...found };
}
