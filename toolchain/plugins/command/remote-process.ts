import type { Client, ClientChannel } from "ssh2";
import { OutputCapture } from "./capture";
import { type CommandOutputs, commandError, type Execution, previousOutputs } from "./execution";
import type { RemoteCommandInputs } from "./inputs";
import { dial } from "./ssh-dial";

/** What the check of the environment prints before the name of a variable that the server has not taken over. */
const REFUSED = "environment variable refused: ";

/**
 * Runs a command on another host and waits for it.
 * @param previous Outputs of the run before, for its environment, where the server accepts that.
 * @throws Error with the exit status and all output when it fails, or the signal's reason when it is cancelled.
 */
export async function runRemotely(
  command: string,
  inputs: RemoteCommandInputs,
  previous: CommandOutputs,
  execution: Execution,
): Promise<CommandOutputs> {
  const { signal, log, mask } = execution;
  const session = await dial(inputs.connection, execution);
  try {
    const capture = new OutputCapture(inputs.logging, (line) => log(mask(line)));
    const environment = inputs.environment ?? {};
    const env = { ...previousOutputs(previous, inputs.addPreviousOutputInEnv), ...environment };
    const checked = environmentCheck(Object.keys(environment)) + command;
    const failure = await execute(session.client, checked, env, signal, (channel) => {
      channel.on("data", (chunk: Buffer) => capture.write("stdout", chunk));
      channel.stderr.on("data", (chunk: Buffer) => capture.write("stderr", chunk));
      channel.end(inputs.stdin ?? "");
    });
    capture.end();
    signal.throwIfAborted();
    const refused = capture.together.split("\n").find((line) => line.startsWith(REFUSED));
    if (failure !== undefined && refused !== undefined) {
      throw new Error(
        `could not set ${refused.slice(REFUSED.length)} in the environment of the command: the SSH server must list ` +
          "it in AcceptEnv, or the command must set it itself",
      );
    }
    if (failure !== undefined) {
      throw commandError(failure, command, capture.together, execution);
    }
    return capture.outputs;
  } finally {
    session.close();
  }
}

/**
 * A server drops variables that its AcceptEnv does not list, without a word that ssh2 would pass on. So the command
 * first looks whether they have arrived. Values are not on the command line, where every user could read them.
 */
function environmentCheck(names: readonly string[]): string {
  return names
    .filter((name) => /^[A-Za-z_]\w*$/.test(name))
    .map((name) => `[ "\${${name}+set}" ] || { echo "${REFUSED}${name}" >&2; exit 1; }; `)
    .join("");
}

/**
 * Starts a command and waits for it; tells how it failed, or undefined.
 * @param started Called at once with the channel: a quick command's exit can be in the very next message.
 */
function execute(
  client: Client,
  command: string,
  env: Record<string, string>,
  signal: AbortSignal,
  started: (channel: ClientChannel) => void,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env }, (error, channel) => {
      if (error) {
        reject(error);
        return;
      }
      resolve(ended(client, channel, signal));
      started(channel);
    });
  });
}

/** Waits for a command; tells how it failed, or undefined. */
function ended(client: Client, channel: ClientChannel, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    let failure: string | undefined = "the connection ended before the command did";
    const cancel = () => {
      terminate(client, channel);
      client.end();
    };
    const settle = () => {
      signal.removeEventListener("abort", cancel);
      resolve(failure);
    };
    if (signal.aborted) {
      cancel();
    } else {
      signal.addEventListener("abort", cancel, { once: true });
    }
    channel.once("exit", (code: number | null, by?: string) => {
      failure =
        code === 0
          ? undefined
          : code === null
            ? `Process exited by signal ${by?.replace(/^SIG/, "")}`
            : `Process exited with status ${code}`;
    });
    channel.once("close", settle);
    client.once("close", settle);
  });
}

/**
 * Asks the server to end the command. `channel.signal()` does nothing once standard input has been closed, as it
 * has here, though the protocol allows it: so the message is sent by ssh2's own means.
 */
function terminate(client: Client, channel: ClientChannel): void {
  const protocol: unknown = Reflect.get(client, "_protocol");
  const outgoing: unknown = Reflect.get(channel, "outgoing");
  if (isProtocol(protocol) && isNumbered(outgoing)) {
    protocol.signal(outgoing.id, "TERM");
  }
}

function isProtocol(value: unknown): value is { signal(channel: number, name: string): void } {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "signal") === "function";
}

function isNumbered(value: unknown): value is { readonly id: number } {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "id") === "number";
}
