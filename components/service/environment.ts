import { type EnvironmentName, environmentOf, type ServiceName } from "../../services/contract/environment";
import type { FileSpec } from "../shared/files";
import { Secret } from "../shared/secret";
import type { ServiceFeatures, ServicePlanArgs } from "./args";

/** Where the secret files are inside a container. */
export const secretsPath = "/run/backline";

/** Values of variables; a secret becomes a file whose path the variable holds. */
export type Values = Partial<Record<EnvironmentName, string | Secret | undefined>>;

export interface PlannedEnvironment {
  readonly environment: Record<string, string>;
  readonly files: readonly FileSpec[];
}

/** `STRIPE_WEBHOOK_SECRET_FILE` -> `stripe-webhook-secret` */
const fileName = (name: EnvironmentName): string =>
  name
    .replace(/_FILE$/, "")
    .toLowerCase()
    .replaceAll("_", "-");

/** The variables that a process reads, and no other: what it does not need it cannot lose. */
export function planEnvironment(process: ServiceName, values: Values): PlannedEnvironment {
  const environment: Record<string, string> = {};
  const files: FileSpec[] = [];
  for (const name of environmentOf(process)) {
    const value = values[name];
    if (value === undefined) continue;
    if (value instanceof Secret) files.push({ name: fileName(name), content: value });
    environment[name] = value instanceof Secret ? `${secretsPath}/${fileName(name)}` : value;
  }
  return { environment, files };
}

/** Where the stores are, and their passwords. */
export function storeValues({ stores, secrets }: Pick<ServicePlanArgs, "stores" | "secrets">): Values {
  const { postgres, redis } = stores;
  return {
    POSTGRES_HOST: postgres.host,
    POSTGRES_PORT: String(postgres.port),
    POSTGRES_DATABASE: postgres.database,
    POSTGRES_USER: postgres.user,
    POSTGRES_PASSWORD_FILE: secrets.postgresPassword,
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    REDIS_PASSWORD_FILE: secrets.redisPassword,
  };
}

function featureValues({ rateLimits, stripe, storage, chains, smtp }: ServiceFeatures): Values {
  return {
    RATE_LIMIT_USER: String(rateLimits.user),
    RATE_LIMIT_ADDRESS: String(rateLimits.address),
    STRIPE_WEBHOOK_SECRET_FILE: stripe?.webhookSecret,
    STORAGE_ENDPOINT: storage?.endpoint,
    STORAGE_REGION: storage?.region,
    STORAGE_BUCKET: storage?.bucket,
    STORAGE_ACCESS_KEY_ID: storage?.accessKeyId,
    STORAGE_SECRET_KEY_FILE: storage?.secretAccessKey,
    CHAIN_PROVIDERS_FILE: chains,
    SMTP_HOST: smtp?.host,
    SMTP_PORT: smtp === undefined ? undefined : String(smtp.port),
    SMTP_USER: smtp?.user,
    SMTP_PASSWORD_FILE: smtp?.password,
    SMTP_FROM: smtp?.from,
  };
}

/** Everything that the processes of the bundled services may be told. */
export function serviceValues(args: ServicePlanArgs): Values {
  return {
    STACK: args.stack,
    PORT: String(args.ports.traffic),
    METRICS_PORT: String(args.ports.metrics),
    HEALTH_PORT: String(args.ports.health),
    ...storeValues(args),
    POSTGRES_POOL_SIZE: String(args.poolSize),
    JWT_SECRET_FILE: args.secrets.jwtSecret,
    JWT_OTHER_SECRET_FILE: args.otherSigningKey?.secret,
    JWT_OTHER_SECRET_UNTIL: args.otherSigningKey?.until,
    DRAIN_SECONDS: String(Math.ceil(args.drain)),
    LOG_LEVEL: args.logLevel,
    VERSION: args.imageReference,
    ALLOWED_ORIGINS: args.allowedOrigins.length > 0 ? args.allowedOrigins.join(",") : undefined,
    ...featureValues(args.features),
  };
}
