import { readFileSync } from "node:fs";
import { execa } from "execa";
import { checkParts, checkScript, type HostArgs, type HostGroup } from "../../../components/host";
import { groups } from "../../../components/host/plan";
import { applyParts, applyScript } from "../../../components/host/remote";
import { type SshAccess, type SshConnection, sshCommand } from "../../../components/shared/ssh";
import { docker } from "../backline";
import { type SandboxHost, startSandboxHost, stopSandboxHost } from "../sandbox-host";

/** A sandbox, how the operator reaches it, and what it is to become. */
export interface Target {
  readonly name: string;
  readonly host: SandboxHost;
  readonly ssh: SshAccess;
  readonly args: HostArgs;
  /** Address that the host sees the operator at. */
  readonly operator: string;
}

/** What one run differs in from the target's own. */
export interface Change {
  readonly ssh?: Partial<SshAccess>;
  readonly args?: Partial<HostArgs>;
  /** Applied to the scripts that go to the host. */
  readonly edit?: (parts: string) => string;
}

/** How a run ended. */
export interface Run {
  readonly exitCode: number | undefined;
  readonly output: string;
  /** The last line for the operator. */
  readonly sentence: string;
}

export type Group = HostGroup["name"];

/** A blank host. */
export async function startTarget(name: string): Promise<Target> {
  await stopSandboxHost(name);
  const host = await startSandboxHost(name);
  const format = "{{(index .IPAM.Config 0).Gateway}}";
  const operator = (
    await docker("network", "inspect", "--format", format, `backline-sandbox-${name}`)
  ).trim();
  return {
    name,
    host,
    operator,
    ssh: {
      address: host.address,
      user: "ops",
      port: 22,
      hostKey: host.hostKey,
      identityFile: host.privateKey,
      first: { user: "root", port: 22 },
    },
    args: {
      container: true,
      admin: { name: "ops", publicKeys: [readFileSync(`${host.privateKey}.pub`, "utf8").trim()] },
      ssh: { port: 22, allow: [`${operator}/32`] },
      timeZone: "Etc/UTC",
      swap: 512,
      web: { ports: [80, 443], from: "anywhere" },
      docker: { logSize: 10, logFiles: 3 },
    },
  };
}

/** A host that every group has been applied to. */
export async function startProvisioned(name: string): Promise<Target> {
  const target = await startTarget(name);
  for (const { name: group } of groups) {
    const run = await apply(target, group);
    if (run.exitCode !== 0) throw new Error(run.output);
  }
  return target;
}

/** Begins a run of a group. Its standard output and standard error come together. */
export function begin(target: Target, name: Group, { ssh, args, edit }: Change = {}) {
  const group = groups.find((one) => one.name === name);
  if (group === undefined) throw new Error(`there is no group ${name}`);
  const parts = applyParts({ ...target.args, ...args }, name);
  return execa("sh", ["-c", applyScript({ ...target.ssh, ...ssh }, group)], {
    input: edit === undefined ? parts : edit(parts),
    all: true,
    reject: false,
  });
}

/** What a run that has begun comes to. */
export async function ended(run: ReturnType<typeof begin>): Promise<Run> {
  const { exitCode, all } = await run;
  const sentence = all.split("\n").findLast((line) => line.startsWith("backline: ")) ?? "";
  return { exitCode, output: all, sentence: sentence.replace("backline: ", "") };
}

export const apply = (target: Target, group: Group, change: Change = {}): Promise<Run> =>
  ended(begin(target, group, change));

/** What `./backline host check` asks. */
export async function check(target: Target, { ssh, args }: Change = {}): Promise<Run> {
  const { exitCode, all } = await execa("sh", ["-c", checkScript({ ...target.ssh, ...ssh })], {
    input: checkParts({ ...target.args, ...args }),
    all: true,
    reject: false,
  });
  const drift = all.split("\n").filter((line) => /^(drift:| )/.test(line));
  return { exitCode, output: all, sentence: drift.join("\n") };
}

/** Runs a command on the host over a new connection, as a person would. */
export async function over(target: Target, connection: SshConnection, command: string, change: Change = {}) {
  const ssh = { ...target.ssh, ...change.ssh };
  const [program = "", ...words] = sshCommand(ssh, connection);
  const separate = ["-o", "ControlMaster=no", "-o", "ControlPath=none"];
  const { exitCode, stdout } = await execa(program, [...separate, ...words, command], {
    stdin: "ignore",
    reject: false,
  });
  return exitCode === 0 ? stdout : undefined;
}

/** Replaces a text that must be there, wherever it is. */
export const replacing =
  (from: string, to: string) =>
  (parts: string): string => {
    if (!parts.includes(from)) throw new Error(`the scripts do not hold ${from}`);
    return parts.replaceAll(from, to);
  };
