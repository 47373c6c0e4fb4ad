import { Redis, type RedisOptions } from "ioredis";
import type { Logger } from "./log";

/** Without `replyMapping`: the client's own type is stricter about it than its options' type. */
type Options = Omit<RedisOptions, "replyMapping">;

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly password: string;
}

/**
 * Milliseconds: how long a connection and a command may take, and after which silence a connection that owes an answer
 * is given up and made anew. A worker's blocking read lasts 10 s at most, so it never is that silent.
 */
export const redisTimeouts = { connection: 2_000, command: 2_000, silence: 15_000 } as const;

const base = ({ host, port, password }: RedisAddress, connectionName: string): Options => ({
  host,
  port,
  password,
  connectionName,
  connectTimeout: redisTimeouts.connection,
  socketTimeout: redisTimeouts.silence,
  keepAlive: 10_000,
  // Half a second at first, 2 s at most, with jitter: a restarted Redis has its clients back within seconds.
  retryStrategy: (times) => Math.min(250 * 2 ** Math.min(times, 4), 2_000) + Math.random() * 250,
});

function connect(options: Options, log: Pick<Logger, "warn">): Redis {
  const redis = new Redis(options);
  let reported = false;
  redis.on("error", (error) => {
    // The client retries for as long as Redis is away: one line tells it, not one for every attempt.
    if (!reported)
      log.warn({ err: error, connection: options.connectionName }, "the connection to Redis failed");
    reported = true;
  });
  redis.on("ready", () => {
    reported = false;
  });
  return redis;
}

/** For commands and publishing: fails at once while Redis is away, and after 2 s when it does not answer. */
export function createRedis(address: RedisAddress, name: string, log: Pick<Logger, "warn">): Redis {
  return connect(
    {
      ...base(address, name),
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      commandTimeout: redisTimeouts.command,
    },
    log,
  );
}

/** For blocking reads of a BullMQ worker: waits for Redis for as long as it takes, as BullMQ requires. */
export function createBlockingRedis(address: RedisAddress, name: string, log: Pick<Logger, "warn">): Redis {
  return connect({ ...base(address, name), maxRetriesPerRequest: null }, log);
}

/** Says goodbye to Redis, or just hangs up when it does not answer. */
export async function closeRedis(redis: Redis): Promise<void> {
  try {
    if (redis.status === "ready") await redis.quit();
  } catch {
    // The connection is given up below either way.
  } finally {
    redis.disconnect();
  }
}
