/**
 * What operators do beside the API, run inside a worker's container: `node /app/operations.cjs jobs list`. Reads the
 * worker's environment. Prints one JSON value: the result, or `{"error": {"code", "message"}}` with exit code 1, or 2
 * for words that it does not understand.
 */
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type pg from "pg";
import type { JobData } from "../contract/jobs";
import { Problem } from "../contract/problems";
import { jobsQueue } from "../contract/queues";
import { environments } from "../runtime/environment";
import { createLog } from "../runtime/log";
import { createPool } from "../runtime/postgres";
import { environmentOrExit, run } from "../runtime/process";
import { closeRedis, createRedis } from "../runtime/redis";
import { postgresOptions, redisAddress } from "../runtime/stores";
import { within } from "../runtime/time";
import { asPostgres, asRedis, StoreUnavailable, storeTitles } from "../runtime/unavailable";
import { type Operation, parseOperation } from "./arguments";
import { listJobs, retryAll, retryJob } from "./jobs";
import { Refusal } from "./refusal";
import { listAdministrators, promote } from "./users";

/** Milliseconds until a connection to Redis counts as not to be had. */
const redisMilliseconds = 5_000;

interface Stores {
  redis(): Promise<{ redis: Redis; queue: Queue<JobData, unknown, string> }>;
  pool(): pg.Pool;
}

async function perform(operation: Operation, stores: Stores): Promise<unknown> {
  switch (operation.do) {
    case "jobs list":
      return asRedis(async () => listJobs((await stores.redis()).queue, operation));
    case "jobs retry":
      return asRedis(async () => {
        const { redis, queue } = await stores.redis();
        if (operation.id === undefined) return { retried: await retryAll(queue, redis) };
        await retryJob(queue, redis, operation.id);
        return { retried: [operation.id] };
      });
    case "users promote":
      return promote(stores.pool(), operation.email);
    case "users list-admins":
      return asPostgres(() => listAdministrators(stores.pool()));
  }
}

/** What is printed for an error that is no bug. */
function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  // A store that is away hides what it was about: `asRedis` sees any error as its own.
  if (!(error instanceof Problem)) return undefined;
  if (error.cause instanceof Refusal) return error.cause;
  // Operators may know which store it is.
  const message =
    error instanceof StoreUnavailable
      ? `${storeTitles[error.store]} does not answer; try again in a few seconds.`
      : error.detail;
  return new Refusal("store_unavailable", message);
}

run(async () => {
  const env = environmentOrExit(environments.worker);
  // The log would mix with the result.
  const log = createLog({ service: "operations", level: "silent", stack: env.STACK, version: env.VERSION });
  const closers: (() => Promise<unknown>)[] = [];
  const stores: Stores = {
    async redis() {
      const redis = createRedis(redisAddress(env), "operations", log);
      closers.push(() => closeRedis(redis));
      const ready = new Promise<void>((resolve) => redis.once("ready", () => resolve()));
      await within(redisMilliseconds, ready, "the connection to Redis is not ready");
      const queue = new Queue<JobData, unknown, string>(jobsQueue, { connection: redis });
      queue.on("error", () => undefined);
      return { redis, queue };
    },
    pool() {
      const pool = createPool({ ...postgresOptions(env, "operations"), poolSize: 1 }, log);
      closers.push(() => pool.end());
      return pool;
    },
  };
  let answer: unknown;
  try {
    answer = await perform(parseOperation(process.argv.slice(2)), stores);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    answer = { error: { code: refusal.code, message: refusal.message } };
    process.exitCode = refusal.code === "bad_arguments" ? 2 : 1;
  }
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(answer)}\n`, resolve));
  await Promise.all(closers.map((close) => close()));
  process.exit();
});
