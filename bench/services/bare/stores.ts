/** The stores' clients as the services have them, without the services. */
import { Redis } from "ioredis";
import pg from "pg";
import { environments, readEnvironment } from "../../../services/runtime/environment";

export const env = readEnvironment(environments.worker, process.env);

export const createPool = (): pg.Pool =>
  new pg.Pool({
    host: env.POSTGRES_HOST,
    port: env.POSTGRES_PORT,
    database: env.POSTGRES_DATABASE,
    user: env.POSTGRES_USER,
    password: env.POSTGRES_PASSWORD_FILE,
    max: env.POSTGRES_POOL_SIZE,
  });

export const createRedis = (): Redis =>
  new Redis({
    host: env.REDIS_HOST,
    port: env.REDIS_PORT,
    password: env.REDIS_PASSWORD_FILE,
    maxRetriesPerRequest: null,
  });
