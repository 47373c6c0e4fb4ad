import { readFileSync, writeFileSync } from "node:fs";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { backline, type DockerCommand, stackFile } from "./backline";

const described = z.object({
  name: z.string(),
  address: z.string(),
  privateKey: z.string(),
  hostKey: z.string(),
  /** Lines for a stack's file. */
  settings: z.string(),
});

/** A container that stands in for a blank host. */
export type SandboxHost = z.output<typeof described>;

export async function startSandboxHost(name: string): Promise<SandboxHost> {
  const { exitCode, stdout, stderr } = await backline("host", "sandbox", "start", name, "--yes", "--json");
  if (exitCode !== 0) throw new Error(stderr);
  return described.parse(JSON.parse(stdout));
}

export const stopSandboxHost = (name: string) => backline("host", "sandbox", "stop", name);

/** What somebody at the host's console would run, as root. Throws where it fails. */
export async function console(name: string, script: string, input = ""): Promise<string> {
  const command = ["exec", "--interactive", `backline-sandbox-${name}`, "sh", "-c", script];
  const { stdout } = await execa("docker", command, { input });
  return stdout;
}

/** Docker on the host, asked at its console. */
export const dockerOn =
  (name: string): DockerCommand =>
  async (...args) => {
    const { stdout } = await execa("docker", ["exec", `backline-sandbox-${name}`, "docker", ...args]);
    return stdout;
  };

/** Writes a stack's file as a user would who pastes what `host sandbox start` prints. */
export function writeHostStack(stack: string, host: SandboxHost, more: Record<string, unknown>): void {
  const { config } = parse(host.settings);
  writeFileSync(stackFile(stack), stringify({ config: { ...config, ...more } }));
}

export const privateKeyOf = (host: SandboxHost): string => readFileSync(host.privateKey, "utf8");
