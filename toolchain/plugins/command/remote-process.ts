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
    const environment = inputs.environment ?? {};
    const channel = await open(session.client, environmentCheck(Object.keys(environment)) + command, {
      ...previousOutputs(previous, inputs.addPreviousOutputInEnv),
      ...environment,
    });
    const capture = new OutputCapture(inputs.logging, (line) => log(mask(line)));
    channel.on("data", (chunk: Buffer) => capture.write("stdout", chunk));
    channel.stderr.on("data", (chunk: Buffer) => capture.write("stderr", chunk));
    channel.end(inputs.stdin ?? "");

    const failure = await ended(session.client, channel, signal);
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

function open(client: Client, command: string, env: Record<string, string>): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env }, (error, channel) => {
      if (error) {
        reject(error);
      } else {
        resolve(channel);
      }
    });
  });
}

/** Waits for a command; tells how it failed, or undefined. */
function ended(client: Client, channel: ClientChannel, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    let failure: string | undefined = "the connection ended before the command did";
    const cancel = () => {
      channel.signal("TERM");
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
            ? `Process exited by signal ${by}`
            : `Process exited with status ${code}`;
    });
    channel.once("close", settle);
    client.once("close", settle);
  });
}
