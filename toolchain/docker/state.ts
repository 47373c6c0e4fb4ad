import { existsSync } from "node:fs";
import { z } from "zod";
import { processesNamed } from "./processes";
import { findProgram } from "./programs";
import { rootAccess } from "./root";
import { ask } from "./run";

/** Where a client looks when neither DOCKER_HOST nor a context says otherwise. */
export const localEndpoint = "unix:///var/run/docker.sock";

/** What this machine has of Docker. */
export interface EngineState {
  /** The daemon's program is there. */
  readonly installed: boolean;
  /** A daemon's process runs on this machine. */
  readonly running: boolean;
  /** The client reaches a daemon, here or wherever DOCKER_HOST or the current context points. */
  readonly reachable: boolean;
  /** Why it is not reachable, in the client's words. */
  readonly reason?: string;
  /** The `docker` command is there. */
  readonly client: boolean;
  /** What the client talks to: `unix:///var/run/docker.sock`, or what DOCKER_HOST or the context says. */
  readonly endpoint: string;
  /** The daemon's version, if reachable. */
  readonly version?: string;
  /** Whether the daemon can hold containers to memory and CPU limits. True as long as it cannot be asked. */
  readonly limits: boolean;
  /** This machine installs packages with apt-get. */
  readonly apt: boolean;
  /** Process 1 is systemd. */
  readonly systemd: boolean;
  /** Whether this user can install and start things: at once, after sudo has asked for a password, or not at all. */
  readonly root: "yes" | "asks" | "no";
}

const info = z.object({
  ServerVersion: z.string().min(1),
  MemoryLimit: z.boolean(),
  CpuCfsQuota: z.boolean(),
});

/** What some clients print, ending well, if no daemon answered. */
const noInfo = z.object({ ServerErrors: z.array(z.string()).min(1) });

let rootOnce: ReturnType<typeof rootAccess> | undefined;

/** Asked once: while a daemon starts, its state is looked at four times a second. */
function root(): ReturnType<typeof rootAccess> {
  rootOnce ??= rootAccess();
  return rootOnce;
}

/** Looks; changes nothing. */
export async function inspectEngine(): Promise<EngineState> {
  const client = findProgram("docker") !== undefined;
  const machine = {
    installed: findProgram("dockerd") !== undefined,
    running: (await processesNamed("dockerd")).length > 0,
    client,
    apt: findProgram("apt-get") !== undefined,
    systemd: existsSync("/run/systemd/system"),
    root: await root(),
  };
  if (!client) {
    return {
      ...machine,
      endpoint: process.env.DOCKER_HOST ?? localEndpoint,
      reachable: false,
      reason: "there is no docker command",
      limits: true,
    };
  }
  const [context, server] = await Promise.all([
    ask(["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]),
    ask(["docker", "info", "--format", "{{json .}}"]),
  ]);
  const endpoint = context.ok ? context.stdout : (process.env.DOCKER_HOST ?? localEndpoint);
  const printed = parseJson(server.stdout);
  const parsed = info.safeParse(printed).data;
  if (parsed === undefined) {
    const errors = noInfo.safeParse(printed).data?.ServerErrors ?? [server.stderr];
    return { ...machine, endpoint, reachable: false, reason: firstLine(errors.join("\n")), limits: true };
  }
  return {
    ...machine,
    endpoint,
    reachable: true,
    version: parsed.ServerVersion,
    limits: parsed.MemoryLimit && parsed.CpuCfsQuota,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] || "the daemon did not answer";
}
