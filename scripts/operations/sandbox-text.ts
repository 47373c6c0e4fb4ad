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
  /** Who may sign in while it is blank. */
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
  /** For a Pulumi.<stack>.yaml: the same as `values`, as its lines. */
  readonly settings: string;
  /** Values of the keys below `backline:` that make the sandbox a stack's host. */
  readonly values: SandboxValues;
}

export function describeSandbox(sandbox: Sandbox, size: MachineSize): SandboxDescription {
  const { name, started, address, port, user, hostKey, files, failedUnits } = sandbox;
  const { privateKey, knownHosts } = files;
  const words = ["ssh", "-i", privateKey, "-o", `UserKnownHostsFile=${knownHosts}`];
  const values = settingsOf(sandbox, size);
  const ssh = [...words, "-o", "IdentitiesOnly=yes", `${user}@${address}`].map(quoted).join(" ");
  return {
    ...{ name, started, address, port, user, privateKey, knownHosts, hostKey, ssh, failedUnits },
    ...{ settings: settingsLines(values), values },
  };
}

/** A word as a shell reads it back. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

export interface SandboxValues {
  readonly host: Readonly<Record<string, unknown>>;
  readonly proxy: Readonly<Record<string, unknown>>;
}

/** All that a stack needs to be deployed to a sandbox; its images are left to `up`. */
export function settingsOf(
  sandbox: Pick<Sandbox, "address" | "port" | "user" | "hostKey" | "publicKey" | "gateway" | "files">,
  { memory, cpus }: MachineSize,
): SandboxValues {
  const { address, port, user, hostKey, publicKey, gateway, files } = sandbox;
  return {
    host: {
      address,
      user: "ops",
      ...(port === 22 ? {} : { port, firstPort: port }),
      firstUser: user,
      hostKey,
      identityFile: files.privateKey,
      publicKeys: [publicKey],
      ...(gateway === undefined ? {} : { sshAllow: [`${gateway}/${gateway.includes(":") ? 128 : 32}`] }),
      container: true,
      memory: `${Math.floor(memory / 2 ** 20)}Mi`,
      cpus,
    },
    // No public authority signs names of a sandbox.
    proxy: { certificates: "internal" },
  };
}

/** The lines of a Pulumi.<stack>.yaml. */
export const settingsLines = ({ host, proxy }: SandboxValues): string =>
  stringify({ config: { "backline:host": host, "backline:proxy": proxy } }, { lineWidth: 0 });

export function renderSandbox(sandbox: SandboxDescription): string {
  const { name, started, address, port, user, privateKey, ssh, failedUnits, settings } = sandbox;
  const warning =
    failedUnits.length === 0 ? "" : `warning: systemd could not start ${failedUnits.join(", ")}\n\n`;
  return `The sandbox "${name}" ${started ? "is up" : "was up already"}.

address  ${address}
port     ${port}
user     ${user}
key      ${privateKey}

${warning}Try it (as ops in the place of root once a stack is deployed to it):
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
