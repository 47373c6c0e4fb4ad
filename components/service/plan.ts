import type { EnvironmentName } from "../../services/contract/environment";
import { type ContainerPlan, planContainer } from "../shared/container";
import { type FilesPlan, planFiles } from "../shared/files";
import type { ServicePlanArgs, StoreAccess } from "./args";

/** uid:gid of `node` in the official image. */
const owner = "1000:1000";
const secretsPath = "/run/backline";

export interface ServicePlan {
  readonly name: string;
  readonly update: "start-first" | "stop-first";
  readonly startTimeout: number;
  readonly ports: ServicePlanArgs["ports"];
  readonly files: FilesPlan;
  readonly replicas: readonly ContainerPlan[];
}

/** Where the stores are, and the paths of the files with their passwords. */
export function storeEnvironment({ postgres, redis }: StoreAccess) {
  return {
    postgres: {
      POSTGRES_HOST: postgres.host,
      POSTGRES_PORT: String(postgres.port),
      POSTGRES_DATABASE: postgres.database,
      POSTGRES_USER: postgres.user,
      POSTGRES_PASSWORD_FILE: `${secretsPath}/postgres-password`,
    },
    redis: {
      REDIS_HOST: redis.host,
      REDIS_PORT: String(redis.port),
      REDIS_PASSWORD_FILE: `${secretsPath}/redis-password`,
    },
  } satisfies Record<string, Partial<Record<EnvironmentName, string>>>;
}

/** The environment of a process of the bundled services: names, sizes and the paths of secret files. */
export function serviceEnvironment(args: ServicePlanArgs): Partial<Record<EnvironmentName, string>> {
  const stores = storeEnvironment(args.stores);
  return {
    STACK: args.stack,
    PORT: String(args.ports.traffic),
    METRICS_PORT: String(args.ports.metrics),
    HEALTH_PORT: String(args.ports.health),
    ...stores.postgres,
    ...stores.redis,
    POSTGRES_POOL_SIZE: String(args.poolSize),
    JWT_SECRET_FILE: `${secretsPath}/jwt-secret`,
    DRAIN_SECONDS: String(Math.ceil(args.drain)),
    LOG_LEVEL: args.logLevel,
    VERSION: args.imageReference,
    ...(args.allowedOrigins.length > 0 ? { ALLOWED_ORIGINS: args.allowedOrigins.join(",") } : {}),
  };
}

/** Secret files of the bundled services, under the names that the environment gives. */
export function planSecretFiles(
  args: Pick<ServicePlanArgs, "host" | "nameKey" | "secrets">,
  name: string,
): FilesPlan {
  return planFiles(args.host, args.nameKey, {
    name,
    owner,
    files: [
      { name: "postgres-password", content: args.secrets.postgresPassword },
      { name: "redis-password", content: args.secrets.redisPassword },
      { name: "jwt-secret", content: args.secrets.jwtSecret },
    ],
  });
}

const present = (values: Partial<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

export function planService(args: ServicePlanArgs): ServicePlan {
  const files = planSecretFiles(args, args.name);
  const environment = present(serviceEnvironment(args));
  const replica = (slot: number): ContainerPlan =>
    planContainer({
      stack: args.stack,
      service: args.name,
      slot,
      image: args.imageReference,
      environment,
      user: owner,
      memory: args.memory,
      cpu: args.cpu,
      networks: [
        { name: args.networks.edge, aliases: [args.name] },
        { name: args.networks.data, aliases: [args.name] },
        { name: args.networks.monitoring, aliases: [args.name] },
      ],
      binds: [{ hostPath: files.directory, containerPath: secretsPath }],
      tmpfs: { "/tmp": "size=64m,mode=1777" },
      // Liveness, not readiness: a store that is away is no reason to restart what waits for it.
      health: { test: ["node", "/app/probe.cjs", "live"], interval: 10, startPeriod: 20 },
      stopSignal: "SIGTERM",
      stopGrace: Math.ceil(args.stopGrace),
    });
  return {
    name: args.name,
    update: args.update,
    startTimeout: args.startTimeout,
    ports: args.ports,
    files,
    replicas: Array.from({ length: args.replicas }, (_, slot) => replica(slot)),
  };
}
