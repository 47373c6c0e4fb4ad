import type { Properties } from "../shared/values";
import { withConnection } from "./connection-inputs";
import { NO_OUTPUTS } from "./execution";
import { inputFailures, ownInputs, parseInputs, remoteCommandSchema } from "./inputs";
import { keptOutputs, lastOutputs } from "./local-command";
import { runRemotely } from "./remote-process";
import type { ResourceType } from "./resource-type";

/** `command:remote:Command`: a command on another host, over SSH. */
export const remoteCommand: ResourceType = {
  idPrefix: (name) => name,
  check(given) {
    const inputs = withConnection(given);
    return { inputs, failures: inputFailures(remoteCommandSchema, inputs) };
  },
  computed: () => ["stdout", "stderr"],
  async create(inputs, execution) {
    const parsed = parseInputs(remoteCommandSchema, inputs);
    return parsed.create === undefined
      ? { ...NO_OUTPUTS }
      : { ...(await runRemotely(parsed.create, parsed, NO_OUTPUTS, execution)) };
  },
  async update(inputs, state, execution) {
    const parsed = parseInputs(remoteCommandSchema, inputs);
    const command = parsed.update ?? parsed.create;
    return command === undefined
      ? keptOutputs(state)
      : { ...(await runRemotely(command, parsed, lastOutputs(state), execution)) };
  },
  async delete(state: Properties, execution) {
    const parsed = parseInputs(remoteCommandSchema, ownInputs(remoteCommandSchema, state));
    if (parsed.delete !== undefined) {
      await runRemotely(parsed.delete, parsed, lastOutputs(state), execution);
    }
  },
};
