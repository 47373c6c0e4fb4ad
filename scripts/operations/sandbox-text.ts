import { stringify } from "yaml";
import type { FoundSandbox, Sandbox } from "../../toolchain/sandbox";
import { table } from "./table";

/** How large the machine is, which a sandbox shares. */
export interface MachineSize {
  /** Bytes. */
  readonly memory: number;
  readonly cpus: number;
}

/** What `host sandbox start` prints. */
export interface SandboxDescription {
  readonly name: string;
  /** Whether it was started now. */
  readonly started: boolean;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Path of the private key. */
  readonly privateKey: string;
  /** Path of the file that `ssh` finds the sandbox's host key in. */
  readonly knownHosts: string;
  /** `ssh-ed25519 AAAA...` */
  readonly hostKey: string;
  /** The command that opens a shell on it. */
  readonly ssh: string;
  /** Units that systemd could not start. */
  readonly failedUnits: readonly string[];
  /** For a Pulumi.<stack>.yaml. */
  readonly settings: string;
}

export function describeSandbox(sandbox: Sandbox, size: MachineSize): SandboxDescription {
  const { name, started, address, port, user, hostKey, files, failedUnits } = sandbox;
  const { privateKey, knownHosts } = files;
  const words = ["ssh", "-i", privateKey, "-o", `UserKnownHostsFile=${knownHosts}`];
  const ssh = [...words, "-o", "IdentitiesOnly=yes", `${user}@${address}`].map(quoted).join(" ");
  return {
    ...{ name, started, address, port, user, privateKey, knownHosts, hostKey, ssh, failedUnits },
    settings: settingsLines(sandbox, size),
  };
}

/** A word as a shell reads it back. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The lines of a Pulumi.<stack>.yaml that name a sandbox as the host. */
export function settingsLines(
  { address, port, user }: Pick<Sandbox, "address" | "port" | "user">,
  { memory, cpus }: MachineSize,
): string {
  const host = {
    address,
    user,
    ...(port === 22 ? {} : { port }),
    memory: `${Math.floor(memory / 2 ** 20)}Mi`,
    cpus,
  };
  return stringify({ config: { "backline:host": host } });
}

export function renderSandbox(sandbox: SandboxDescription): string {
  const { name, started, address, port, user, privateKey, ssh, failedUnits, settings } = sandbox;
  const warning =
    failedUnits.length === 0 ? "" : `warning: systemd could not start ${failedUnits.join(", ")}\n\n`;
  return `The sandbox "${name}" ${started ? "is up" : "was up already"}.

address  ${address}
port     ${port}
user     ${user}
key      ${privateKey}

${warning}Try it:
  ${ssh}

For a Pulumi.<stack>.yaml:
${settings.replaceAll(/^(?=.)/gm, "  ")}
Remove it with everything on it:
  ./backline host sandbox stop${name === "sandbox" ? "" : ` ${name}`}
`;
}

export function renderList(sandboxes: readonly FoundSandbox[]): string {
  if (sandboxes.length === 0) return "There is no sandbox.\n";
  const rows = sandboxes.map(({ name, state, address, checkout }) => [name, state, address ?? "-", checkout]);
  return table(["NAME", "STATE", "ADDRESS", "CHECKOUT"], rows);
}
