import { factsScript } from "../components/host/remote";
import { InputError, OperationError } from "../components/shared/errors";
import { sentenceMark } from "../components/shared/ssh";
import { sshAccess } from "./host";
import type { Settings } from "./settings";
import type { Finding } from "./settings/checks";
import { covers, parseRange } from "./settings/cidr";
import { stackFile } from "./settings/load-file";

/** What is known of a host only by asking it. */
export interface HostFacts {
  /** `debian-12`, as components/host knows it. */
  readonly release: string;
  /** `first`: the user may not sign in yet, and whoever can before that did. */
  readonly connection: "shared" | "first";
  /** Address that the host sees the operator at. */
  readonly client: string;
  /** Whether whoever signed in is root. */
  readonly isRoot: boolean;
  /** Whether there is a `docker` command. */
  readonly hasDocker: boolean;
}

/** Runs a script on this machine. @throws OperationError with the sentence that the script ends with. */
export async function runScript(script: string, input = ""): Promise<{ exitCode: number; stdout: string }> {
  // Loaded here alone: a stack on this machine's Docker runs no script before its resources.
  const { execa } = await import("execa");
  const result = await execa("sh", ["-c", script], { input, reject: false });
  const mark = result.stderr.lastIndexOf(sentenceMark);
  if (mark >= 0) throw new OperationError(result.stderr.slice(mark + sentenceMark.length).trim());
  if (result.exitCode === undefined || result.exitCode > 1)
    throw new OperationError(
      result.stderr.trim() === ""
        ? "the host did not answer"
        : `the host did not answer: ${result.stderr.trim()}`,
    );
  return { exitCode: result.exitCode, stdout: result.stdout };
}

/**
 * Connects to the host before anything is registered, so that a host that cannot be reached, or not by this operator,
 * is one sentence. What follows shares the connection. Undefined where the host is this machine.
 */
export async function connect(settings: Settings): Promise<HostFacts | undefined> {
  const access = sshAccess(settings);
  if (access === undefined) return undefined;
  const { stdout } = await runScript(factsScript(access));
  return parseFacts(stdout);
}

/** What `factsScript` prints. */
export function parseFacts(text: string): HostFacts {
  const [release = "", connection, client = "", id, docker] = text.split("\n");
  return {
    release,
    connection: connection === "first" ? "first" : "shared",
    client,
    isRoot: id === "0",
    hasDocker: docker === "docker",
  };
}

/** Like `connect`, before a deploy. @throws InputError where the settings would lock the operator out. */
export async function connectToDeploy(settings: Settings): Promise<HostFacts | undefined> {
  const facts = await connect(settings);
  const errors = facts === undefined ? [] : checkAllowList(settings, facts);
  if (errors.length > 0)
    throw new InputError(errors.map((finding) => ({ ...finding, file: stackFile(settings.stack) })));
  return facts;
}

/** An allow-list that leaves the operator's own address out: it would lock the operator out. */
export function checkAllowList({ host }: Settings, { client }: HostFacts): Finding[] {
  const bits = client.includes(":") ? 128 : 32;
  const address = parseRange(`${client}/${bits}`);
  // Where the host does not say, nobody is left out.
  if (host.sshAllow.length === 0 || typeof address === "string") return [];
  const isIn = host.sshAllow.some((text) => {
    const range = parseRange(text);
    return typeof range !== "string" && covers(range, address);
  });
  return isIn
    ? []
    : [
        {
          code: "host",
          path: "host.sshAllow",
          message: `leaves out ${client}, the address that you sign in from, and would lock you out; add "${client}/${bits}"`,
        },
      ];
}
