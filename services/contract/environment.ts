/**
 * Names of the environment variables that the bundled services read.
 *
 * Components import this file to write the variables, services to read them; it imports nothing, so that a
 * Pulumi program stays quick to load. Secrets travel only as the path of a file (`*_FILE`), never as a value.
 */

/** A bundled process. */
export type ServiceName = "api" | "ws" | "worker" | "migrations";

export const serviceNames: readonly ServiceName[] = ["api", "ws", "worker", "migrations"];

/** What one variable means, and the value it has when it is absent or empty. */
export interface Variable {
  readonly meaning: string;
  /** Absent: the variable must be given, unless `optional` says that it may be left out. */
  readonly default?: string;
  readonly optional?: true;
  /** The variable holds the path of a file with the secret. */
  readonly secretFile?: true;
  /** The processes that read it. */
  readonly readBy: readonly ServiceName[];
}

const everyone = serviceNames;
const servers = ["api", "ws", "worker"] as const;

export const environment = {
  PORT: {
    meaning: "Port of the traffic listener; the worker has none and ignores it.",
    readBy: ["api", "ws"],
  },
  METRICS_PORT: { meaning: "Port of GET /metrics.", default: "3090", readBy: servers },
  HEALTH_PORT: { meaning: "Port of GET /health and GET /ready.", default: "3091", readBy: servers },
  POSTGRES_HOST: { meaning: "Host name of PostgreSQL.", readBy: everyone },
  POSTGRES_PORT: { meaning: "Port of PostgreSQL.", default: "5432", readBy: everyone },
  POSTGRES_DATABASE: { meaning: "Database of the services.", readBy: everyone },
  POSTGRES_USER: { meaning: "Role of the services.", readBy: everyone },
  POSTGRES_PASSWORD_FILE: {
    meaning: "File with the role's password.",
    secretFile: true,
    readBy: everyone,
  },
  POSTGRES_POOL_SIZE: {
    meaning: "Connections that one process opens to PostgreSQL at most.",
    default: "10",
    readBy: servers,
  },
  REDIS_HOST: { meaning: "Host name of Redis.", readBy: servers },
  REDIS_PORT: { meaning: "Port of Redis.", default: "6379", readBy: servers },
  REDIS_PASSWORD_FILE: { meaning: "File with Redis' password.", secretFile: true, readBy: servers },
  JWT_SECRET_FILE: {
    meaning: "File with the key that signs access tokens (HS256), 32 bytes or more.",
    secretFile: true,
    readBy: ["api", "ws"],
  },
  JWT_OTHER_SECRET_FILE: {
    meaning: "File with a second key, whose tokens are accepted as well, while the key is being changed.",
    optional: true,
    secretFile: true,
    readBy: ["api", "ws"],
  },
  JWT_OTHER_SECRET_UNTIL: {
    meaning: "Time until which the second key is accepted, such as 2030-01-31T12:00:00Z; no end when empty.",
    optional: true,
    readBy: ["api", "ws"],
  },
  DRAIN_SECONDS: {
    meaning:
      "Seconds that a process may take to finish its work after SIGTERM; it exits 5 s later at the latest.",
    default: "20",
    readBy: servers,
  },
  LOG_LEVEL: {
    meaning: "Least severe level that is logged: trace, debug, info, warn, error or fatal.",
    default: "info",
    readBy: everyone,
  },
  STACK: { meaning: "Label of the deployment in logs.", default: "dev", readBy: everyone },
  VERSION: { meaning: "Release label in logs and in GET /health.", default: "unknown", readBy: everyone },
  ALLOWED_ORIGINS: {
    meaning: "Origins that browsers may call the API from, separated by commas; none when empty.",
    optional: true,
    readBy: ["api"],
  },
  RATE_LIMIT_USER: {
    meaning: "Requests a minute that one user may make; 0 is no limit.",
    default: "30000",
    readBy: ["api"],
  },
  RATE_LIMIT_ADDRESS: {
    meaning: "Requests a minute that one address may make; 0 is no limit.",
    default: "60000",
    readBy: ["api"],
  },
  STRIPE_WEBHOOK_SECRET_FILE: {
    meaning:
      "File with the secret that Stripe signs its webhooks with; without it there is no such endpoint.",
    optional: true,
    secretFile: true,
    readBy: ["api"],
  },
  STORAGE_ENDPOINT: {
    meaning: "URL of an S3-compatible store; without it files are not offered.",
    optional: true,
    readBy: ["api"],
  },
  STORAGE_REGION: { meaning: "Region of the store.", default: "auto", readBy: ["api"] },
  STORAGE_BUCKET: { meaning: "Bucket of the files.", optional: true, readBy: ["api"] },
  STORAGE_ACCESS_KEY_ID: { meaning: "Access key id of the store.", optional: true, readBy: ["api"] },
  STORAGE_SECRET_KEY_FILE: {
    meaning: "File with the store's secret access key.",
    optional: true,
    secretFile: true,
    readBy: ["api"],
  },
  CHAIN_PROVIDERS_FILE: {
    meaning:
      'File with JSON-RPC URLs by chain, the first choice first: {"ethereum": ["https://...", "https://..."]}.',
    optional: true,
    secretFile: true,
    readBy: ["api"],
  },
  SMTP_HOST: {
    meaning: "Host name of the mail server; without it no mail is sent.",
    optional: true,
    readBy: ["worker"],
  },
  SMTP_PORT: {
    meaning: "Port of the mail server; on 465 TLS comes first.",
    default: "587",
    readBy: ["worker"],
  },
  SMTP_USER: {
    meaning: "User at the mail server; without it nobody signs in.",
    optional: true,
    readBy: ["worker"],
  },
  SMTP_PASSWORD_FILE: {
    meaning: "File with that user's password.",
    optional: true,
    secretFile: true,
    readBy: ["worker"],
  },
  SMTP_FROM: {
    meaning: "Sender of mail: Backline <no-reply@example.com>.",
    optional: true,
    readBy: ["worker"],
  },
} as const satisfies Record<string, Variable>;

export type EnvironmentName = keyof typeof environment;

/** Names that `service` reads, in the order of the table above. */
export function environmentOf(service: ServiceName): EnvironmentName[] {
  const table: Record<string, Variable> = environment;
  return environmentNames.filter((name) => table[name]?.readBy.includes(service));
}

function isEnvironmentName(name: string): name is EnvironmentName {
  return name in environment;
}

export const environmentNames: readonly EnvironmentName[] =
  Object.keys(environment).filter(isEnvironmentName);

/** Paths of the operational endpoints. */
export const paths = { health: "/health", ready: "/ready", metrics: "/metrics" } as const;

/** User and group that the services' containers run as: the owner of the secret files. */
export const serviceUser = { uid: 1000, gid: 1000 } as const;
