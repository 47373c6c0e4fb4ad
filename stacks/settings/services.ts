/** A system's services and migrations as an environment runs them. */
import type { ImageContainer, ImageServer } from "../../components/service/args";
import { parseBytes, parseDuration, parseMemory } from "../../components/shared/units";
import type {
  ContainerDescription,
  ImageDescription,
  MigrationsDescription,
  ServiceDescription,
  Size,
} from "../systems";
import type { StackConfig } from "./schema";
import type { Limits, MigrationsSettings, RunSettings, ServiceSettings, Settings } from "./settings";

type ServiceConfig = NonNullable<StackConfig["services"]>[string];
type Secrets = Settings["systemSecrets"];
type Overrides = { readonly memory?: number | undefined; readonly cpu?: number | undefined } | undefined;

export function limits(size: Size, overrides?: Overrides): Limits {
  return { memory: overrides?.memory ?? parseMemory(size.memory), cpu: overrides?.cpu ?? size.cpu };
}

function runOf(name: string, described: ServiceDescription, config: ServiceConfig | undefined): RunSettings {
  const drain = config?.drain ?? parseDuration(described.drain ?? "20s");
  return {
    name,
    ...limits(described, config),
    replicas: config?.replicas ?? described.replicas,
    needs: described.needs,
    queue: described.queue ?? false,
    update: config?.update ?? described.update ?? "start-first",
    drain,
    stopGrace: config?.stopGrace ?? drain + 5,
    startTimeout: config?.startTimeout ?? 60,
    poolSize: config?.poolSize ?? described.poolSize ?? 8,
    logLevel: config?.logLevel ?? "info",
    sticky: described.sticky ?? false,
    bodyLimit: config?.bodyLimit ?? parseBytes(described.bodyLimit ?? "1Mi"),
  };
}

function containerOf(
  described: ContainerDescription,
  secrets: Secrets,
  config?: Pick<ServiceConfig, "image" | "environment">,
): ImageContainer {
  return {
    image: config?.image ?? described.image,
    entrypoint: described.entrypoint,
    command: described.command,
    environment: { ...described.environment, ...config?.environment },
    secrets: Object.fromEntries(
      Object.entries(described.secrets ?? {}).flatMap(([variable, name]) => {
        const value = secrets[name]?.value;
        return value === undefined ? [] : [[variable, { name, value }]];
      }),
    ),
    user: described.user ?? "1000:1000",
  };
}

function serverOf(
  described: ImageDescription,
  secrets: Secrets,
  config: ServiceConfig | undefined,
): ImageServer {
  const { path, readyPath, test } = described.health;
  return {
    ...containerOf(described, secrets, config),
    health: { path, readyPath, test },
    metricsPath: described.metricsPath ?? "/metrics",
    capabilities: described.capabilities ?? [],
    readOnlyRoot: described.readOnlyRoot ?? true,
    tmpfs: described.tmpfs ?? { "/tmp": "size=64m,mode=1777" },
    stopSignal: described.stopSignal,
  };
}

export function serviceOf(
  name: string,
  described: ServiceDescription,
  config: ServiceConfig | undefined,
  secrets: Secrets,
): ServiceSettings {
  const run = runOf(name, described, config);
  if (described.image !== undefined) {
    const { traffic, metrics, health = traffic } = described.ports;
    return {
      ...run,
      source: undefined,
      frontEnd: undefined,
      ports: { traffic, metrics, health },
      container: serverOf(described, secrets, config),
    };
  }
  const { ports } = described;
  return described.frontEnd === undefined
    ? { ...run, source: described.source, frontEnd: undefined, ports, container: undefined }
    : { ...run, source: described.source, frontEnd: described.frontEnd, ports, container: undefined };
}

export function migrationsOf(
  described: MigrationsDescription | undefined,
  secrets: Secrets,
): MigrationsSettings | undefined {
  if (described === undefined) return undefined;
  if (described.image === undefined) return { source: described.source, container: undefined };
  return {
    source: undefined,
    needs: described.needs ?? ["postgres"],
    memory: parseMemory(described.memory ?? "256Mi"),
    container: containerOf(described, secrets),
  };
}
