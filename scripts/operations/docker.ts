import { execa } from "execa";
import { z } from "zod";
import { OperationError } from "../../components/shared/errors";
import { labels } from "../../components/shared/names";
import { commandLine } from "../../components/shared/shell";
import { type SshAccess, type SshConnection, sshCommand, sshDestination } from "../../components/shared/ssh";
import type { HostFacts } from "../../stacks/connection";
import { sshAccess } from "../../stacks/host";
import type { Settings } from "../../stacks/settings/settings";
import { recogniseFault } from "./faults";

/** The Docker daemon that runs a stack's containers. */
export interface DockerTarget {
  readonly stack: string;
  /** Undefined: on this machine, as the user's own environment says. */
  readonly host?: RemoteDocker;
}

/** `docker` is run on the host itself: its own client for SSH would pin no host key. */
export interface RemoteDocker {
  readonly access: SshAccess;
  readonly connection: Exclude<SshConnection, "fresh">;
  /** Whether who signs in needs sudo to use Docker. */
  readonly sudo: boolean;
  /** False on a host that is not prepared yet: nothing runs there. */
  readonly installed: boolean;
}

/** Without facts the host counts as prepared. */
export function dockerTarget(settings: Pick<Settings, "stack" | "host">, facts?: HostFacts): DockerTarget {
  const { stack } = settings;
  const access = sshAccess(settings);
  if (access === undefined) return { stack };
  const { connection = "shared", hasDocker: installed = true } = facts ?? {};
  return { stack, host: { access, connection, sudo: facts !== undefined && !facts.isRoot, installed } };
}

/** The words of a `docker` command for a target. */
export function dockerCommand({ host }: DockerTarget, args: readonly string[]): [string, ...string[]] {
  if (host === undefined) return ["docker", ...args];
  const words = [...(host.sudo ? ["sudo", "-n"] : []), "docker", ...args];
  const [program = "ssh", ...others] = sshCommand(host.access, host.connection, commandLine(words));
  return [program, ...others];
}

/** Runs the `docker` command and answers its output. Throws an OperationError with the fault's sentence. */
export async function docker(target: DockerTarget, args: readonly string[]): Promise<string> {
  const [program, ...words] = dockerCommand(target, args);
  const result = await execa(program, words, { reject: false, stdin: "ignore", maxBuffer: 100_000_000 });
  if (result.exitCode === 0) return result.stdout;
  throw new OperationError(fault(target, args, result), result.stderr);
}

function fault(
  { stack, host }: DockerTarget,
  [command = ""]: readonly string[],
  { code, stderr }: { readonly code?: string | undefined; readonly stderr: string },
): string {
  if (code === "ENOENT")
    return host === undefined
      ? "there is no docker command on PATH; ./backline up installs it, where it may"
      : "there is no ssh on PATH, which reaches the host; install the package openssh-client";
  // What this machine's own Docker needs would mend nothing there.
  if (
    host !== undefined &&
    /Cannot connect to the Docker daemon|docker\.sock|docker: not found/i.test(stderr)
  )
    return `Docker does not answer on the host ${sshDestination(host.access, host.connection)}; ./backline host check ${stack} says what differs there`;
  return recogniseFault(stderr, stack) ?? `docker ${command} failed: ${stderr.trim()}`;
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/** What a listing command of Docker gives for a stack, each once. */
async function listed(
  target: DockerTarget,
  what: readonly string[],
  ...command: readonly string[]
): Promise<string[]> {
  if (target.host?.installed === false) return [];
  const filter = ["--filter", `label=${labels.stack}=${target.stack}`];
  return [...new Set(words(await docker(target, [...command, ...what, ...filter])))];
}

const ids = ["--quiet"];

export const listContainerIds = (target: DockerTarget) =>
  listed(target, ids, "container", "ls", "--all", "--no-trunc");
export const listNetworks = (target: DockerTarget) => listed(target, ids, "network", "ls", "--no-trunc");
export const listImages = (target: DockerTarget) => listed(target, ids, "image", "ls", "--no-trunc");
/** A reference as Docker lists it: without the name of its own registry. */
export const asListed = (reference: string): string => reference.replace(/^docker\.io\//, "");
/** By name and version, as Docker lists them. */
export const listImageReferences = (target: DockerTarget) =>
  listed(target, ["--format", "{{.Repository}}:{{.Tag}}"], "image", "ls");
/** Names, not ids: a volume has no id. */
export const listVolumes = (target: DockerTarget) => listed(target, ids, "volume", "ls");

const inspected = z.array(
  z.object({
    Id: z.string(),
    Name: z.string(),
    Config: z.object({ Image: z.string(), Labels: z.record(z.string(), z.string()).nullable() }),
    State: z.object({
      Status: z.string(),
      StartedAt: z.string(),
      ExitCode: z.number(),
      Health: z.object({ Status: z.string() }).nullish(),
    }),
    HostConfig: z.object({ Memory: z.number(), NanoCpus: z.number() }),
    RestartCount: z.number(),
  }),
);

export interface StackContainer {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly slot?: number;
  /** Of a bundled service: the hash of what its image is built from. */
  readonly version?: string;
  readonly image: string;
  /** Docker's word: `running`, `exited`, `restarting`. */
  readonly state: string;
  /** Docker's word: `healthy`, `starting`, `unhealthy`; undefined without a health check. */
  readonly health?: string;
  /** Limit in bytes; 0 is none. */
  readonly memory: number;
  /** Limit in cores; 0 is none. */
  readonly cpu: number;
  readonly restarts: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** Every container with the stack's label, by service and slot. */
export async function listContainers(target: DockerTarget): Promise<StackContainer[]> {
  const ids = await listContainerIds(target);
  if (ids.length === 0) return [];
  return parseContainers(await docker(target, ["container", "inspect", ...ids]));
}

export function parseContainers(json: string): StackContainer[] {
  return inspected
    .parse(JSON.parse(json))
    .map((found): StackContainer => {
      const { State: state, HostConfig: limits, Config: config } = found;
      const slot = config.Labels?.[labels.slot];
      const version = config.Labels?.[labels.version];
      return {
        id: found.Id,
        name: found.Name.replace(/^\//, ""),
        service: config.Labels?.[labels.service] ?? "",
        ...(slot === undefined ? {} : { slot: Number(slot) }),
        ...(version === undefined ? {} : { version }),
        image: config.Image,
        state: state.Status,
        ...(state.Health ? { health: state.Health.Status } : {}),
        memory: limits.Memory,
        cpu: limits.NanoCpus / 1e9,
        restarts: found.RestartCount,
        startedAt: state.StartedAt,
      };
    })
    .sort(
      (a, b) => compare(a.service, b.service) || (a.slot ?? 0) - (b.slot ?? 0) || compare(a.name, b.name),
    );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
