import type { FileSpec } from "../shared/files";
import { Secret } from "../shared/secret";
import type { ImageContainer, ServiceSecrets, StoreAccess } from "./args";
import { type PlannedEnvironment, secretsPath } from "./environment";

/** A store that a container talks to. */
type Store = keyof StoreAccess;

/** Value of a variable, or the file whose path it holds. */
type Value = string | FileSpec;

/** Stores that a container of an image of one's own may be told of. */
export interface StoreValuesArgs {
  readonly needs: readonly Store[];
  /** Those that the system has. */
  readonly stores: Partial<StoreAccess>;
  readonly storeSecrets: Pick<ServiceSecrets, "postgresPassword" | "redisPassword">;
  /** Connections that one replica should open to PostgreSQL at most. */
  readonly poolSize: number;
}

const url = (scheme: string, user: string, password: Secret, rest: string): Secret =>
  new Secret(`${scheme}://${encodeURIComponent(user)}:${encodeURIComponent(password.reveal())}@${rest}`);

/**
 * The variables that tell where the stores are: each part by itself, and all of them as a URL in a file, since the
 * password is a part of it.
 */
function storeValues({ needs, stores, storeSecrets, poolSize }: StoreValuesArgs): Record<string, Value> {
  const { postgresPassword, redisPassword } = storeSecrets;
  const { postgres, redis } = stores;
  return {
    ...(needs.includes("postgres") && postgres !== undefined
      ? {
          POSTGRES_HOST: postgres.host,
          POSTGRES_PORT: String(postgres.port),
          POSTGRES_DATABASE: postgres.database,
          POSTGRES_USER: postgres.user,
          POSTGRES_PASSWORD_FILE: { name: "postgres-password", content: postgresPassword },
          POSTGRES_POOL_SIZE: String(poolSize),
          DATABASE_URL_FILE: {
            name: "database-url",
            content: url(
              "postgresql",
              postgres.user,
              postgresPassword,
              `${postgres.host}:${postgres.port}/${postgres.database}`,
            ),
          },
        }
      : {}),
    ...(needs.includes("redis") && redis !== undefined
      ? {
          REDIS_HOST: redis.host,
          REDIS_PORT: String(redis.port),
          REDIS_PASSWORD_FILE: { name: "redis-password", content: redisPassword },
          REDIS_URL_FILE: {
            name: "redis-url",
            content: url("redis", "default", redisPassword, `${redis.host}:${redis.port}`),
          },
        }
      : {}),
  };
}

/** Names of the variables that a container with these needs is given, beside those of its description. */
export const storeVariables: Readonly<Record<Store, readonly string[]>> = {
  postgres: namesFor("postgres"),
  redis: namesFor("redis"),
};

function namesFor(store: Store): readonly string[] {
  const nothing = new Secret("");
  return Object.keys(
    storeValues({
      needs: [store],
      stores: {
        postgres: { host: "", port: 0, database: "", user: "" },
        redis: { host: "", port: 0 },
      },
      storeSecrets: { postgresPassword: nothing, redisPassword: nothing },
      poolSize: 0,
    }),
  );
}

/** The variables of a container of an image of one's own; what is secret is a file whose path a variable holds. */
export function planImageEnvironment(
  container: Pick<ImageContainer, "environment" | "secrets">,
  stores: StoreValuesArgs,
): PlannedEnvironment {
  const secrets = Object.entries(container.secrets).map(([variable, { name, value }]): [string, Value] => [
    variable,
    { name, content: value },
  ]);
  const values: Readonly<Record<string, Value>> = {
    ...storeValues(stores),
    ...Object.fromEntries(secrets),
    ...container.environment,
  };
  const files = new Map<string, FileSpec>();
  const environment: Record<string, string> = {};
  for (const [variable, value] of Object.entries(values)) {
    environment[variable] = typeof value === "string" ? value : `${secretsPath}/${value.name}`;
    if (typeof value !== "string") files.set(value.name, value);
  }
  return { environment, files: [...files.values()] };
}
