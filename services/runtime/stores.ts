/** The two stores as every server process uses them. */
import type { Redis } from "ioredis";
import type pg from "pg";
import type { Environment } from "./environment";
import type { Check } from "./health";
import type { PostgresOptions } from "./postgres";
import type { RedisAddress } from "./redis";

/** The variables that all server processes share. */
export type ServerEnvironment = Omit<Environment<"worker">, `SMTP_${string}`>;

export function postgresOptions(env: ServerEnvironment, service: string): PostgresOptions {
  return {
    host: env.POSTGRES_HOST,
    port: env.POSTGRES_PORT,
    database: env.POSTGRES_DATABASE,
    user: env.POSTGRES_USER,
    password: env.POSTGRES_PASSWORD_FILE,
    poolSize: env.POSTGRES_POOL_SIZE,
    applicationName: `backline-${service}`,
  };
}

export function redisAddress(env: ServerEnvironment): RedisAddress {
  return { host: env.REDIS_HOST, port: env.REDIS_PORT, password: env.REDIS_PASSWORD_FILE };
}

/** Both stores answer. */
export function storeChecks(pool: Pick<pg.Pool, "query">, redis: Pick<Redis, "ping">): Check[] {
  return [
    { name: "postgres", run: () => pool.query("SELECT 1") },
    { name: "redis", run: () => redis.ping() },
  ];
}
