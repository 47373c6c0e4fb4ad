import type * as docker from "@pulumi/docker";
import { containerName, labels } from "./names";
import { cpuText } from "./units";

/** A directory or file of the host inside a container. */
export interface Bind {
  readonly hostPath: string;
  readonly containerPath: string;
}

export interface HealthCheck {
  /** Program and arguments, run inside the container; exit code 0 is healthy. */
  readonly test: readonly string[];
  /** Seconds between checks. */
  readonly interval: number;
  /** Seconds that failures do not count after the start. */
  readonly startPeriod: number;
}

/** What a container is, in Docker's words. Everything here is part of the container's name, by its hash. */
export interface ContainerSpec {
  readonly stack: string;
  readonly service: string;
  /** Number of the replica; undefined for what exists only once. */
  readonly slot?: number;
  /** Image reference that identifies the content: version and digest, or a content hash. */
  readonly image: string;
  /** Of a bundled service: which one it is, as its label says. */
  readonly version?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** Never a secret: Docker shows the environment to whoever may list containers. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Numeric `uid:gid`; undefined keeps the image's. */
  readonly user?: string;
  /** MiB. */
  readonly memory: number;
  /** Cores. */
  readonly cpu: number;
  readonly networks: readonly { readonly name: string; readonly aliases: readonly string[] }[];
  readonly volumes?: readonly { readonly name: string; readonly containerPath: string }[];
  readonly binds?: readonly Bind[];
  /** Mount options by path, such as `size=16m,mode=1777`. */
  readonly tmpfs?: Readonly<Record<string, string>>;
  /** Capabilities kept; all others are dropped. */
  readonly capabilities?: readonly string[];
  /** Default true. */
  readonly readOnlyRoot?: boolean;
  readonly ports?: readonly {
    readonly internal: number;
    readonly external: number;
    readonly protocol: "tcp" | "udp";
  }[];
  readonly health: HealthCheck;
  readonly stopSignal?: string;
  /** Seconds from the stop signal to SIGKILL. */
  readonly stopGrace: number;
}

/** A container that is ready to be created: its name and its plain arguments. */
export interface ContainerPlan {
  readonly name: string;
  readonly spec: ContainerSpec;
  readonly args: Omit<docker.ContainerArgs, "image">;
}

/** Decides a container's arguments; the hardening that every container gets is here and nowhere else. */
export function planContainer(spec: ContainerSpec): ContainerPlan {
  const name = containerName(spec.stack, spec.service, spec.slot, spec);
  const optional = {
    ...(spec.entrypoint ? { entrypoints: [...spec.entrypoint] } : {}),
    ...(spec.command ? { command: [...spec.command] } : {}),
    ...(spec.user ? { user: spec.user } : {}),
    ...(spec.tmpfs ? { tmpfs: { ...spec.tmpfs } } : {}),
    ...(spec.stopSignal ? { stopSignal: spec.stopSignal } : {}),
    ...(spec.ports ? { ports: spec.ports.map((port) => ({ ...port })) } : {}),
  };
  const version = spec.version === undefined ? [] : [{ label: labels.version, value: spec.version }];
  const slot = spec.slot === undefined ? [] : [{ label: labels.slot, value: String(spec.slot) }];
  return {
    name,
    spec,
    args: {
      ...optional,
      name,
      hostname: name,
      envs: Object.entries(spec.environment ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .sort(),
      memory: spec.memory,
      // Equal to memory: no swap on top, so that the limit is the limit.
      memorySwap: spec.memory,
      cpus: cpuText(spec.cpu),
      restart: "unless-stopped",
      mustRun: true,
      readOnly: spec.readOnlyRoot ?? true,
      securityOpts: ["no-new-privileges:true"],
      capabilities: {
        drops: ["ALL"],
        adds: (spec.capabilities ?? []).map((capability) => `CAP_${capability}`),
      },
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "5" },
      networksAdvanced: spec.networks.map((network) => ({
        name: network.name,
        // Its own name too: a container that is renamed while it still serves stays found under it.
        aliases: [...network.aliases, name],
      })),
      mounts: [
        ...(spec.volumes ?? []).map((volume) => ({
          type: "volume",
          source: volume.name,
          target: volume.containerPath,
        })),
        ...(spec.binds ?? []).map((bind) => ({
          type: "bind",
          source: bind.hostPath,
          target: bind.containerPath,
          readOnly: true,
        })),
      ],
      healthcheck: {
        tests: ["CMD", ...spec.health.test],
        interval: `${spec.health.interval}s`,
        timeout: "5s",
        startPeriod: `${spec.health.startPeriod}s`,
        retries: 3,
      },
      stopTimeout: spec.stopGrace,
      // What the provider waits on removal; without it the container is killed at once.
      destroyGraceSeconds: spec.stopGrace,
      labels: [
        { label: labels.stack, value: spec.stack },
        { label: labels.service, value: spec.service },
        ...slot,
        ...version,
      ],
    },
  };
}
