import type { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { rateLimitPrefix } from "../contract/channels";
import type { Logger } from "./log";
import { within } from "./time";

/** Milliseconds that a request waits for its count at most, and in which Redis is then not asked again. */
const patienceMilliseconds = 250;
const pauseMilliseconds = 1_000;

export interface Limit {
  /** Part of the keys in Redis. */
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

/** How far a key is. */
export interface Count {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the count begins anew, 1 at least. */
  readonly resetSeconds: number;
}

export interface Counter {
  /** Counts one more. Never rejects. */
  take(key: string): Promise<Count>;
  /** Takes one back. Never rejects. */
  giveBack(key: string): Promise<void>;
  /** Forgets what was counted. Never rejects. */
  clear(key: string): Promise<void>;
}

/**
 * Counts in Redis, with one call, for all processes together. While Redis is away or slow each process counts for
 * itself: a limit is then as many times higher as there are processes.
 */
export function createCounter(
  redis: Redis,
  { name, points, seconds }: Limit,
  log: Pick<Logger, "warn">,
): Counter {
  const options = { points, duration: seconds, keyPrefix: `${rateLimitPrefix}:${name}` };
  const shared = new RateLimiterRedis({
    ...options,
    storeClient: redis,
    rejectIfRedisNotReady: true,
    inMemoryBlockOnConsumed: points + 1,
  });
  const own = new RateLimiterMemory(options);
  let pausedUntil = 0;

  const withShared = async <T>(work: () => Promise<T>, instead: () => Promise<T>): Promise<T> => {
    if (Date.now() < pausedUntil) return instead();
    try {
      return await within(patienceMilliseconds, work(), "Redis did not count in time");
    } catch (error) {
      if (error instanceof RateLimiterRes) throw error;
      if (pausedUntil === 0) log.warn({ err: error, limit: name }, "requests are counted in memory for now");
      pausedUntil = Date.now() + pauseMilliseconds;
      return instead();
    }
  };
  const count = (allowed: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): Count => ({
    allowed,
    limit: points,
    remaining: Math.max(0, remainingPoints),
    resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1_000)),
  });

  return {
    async take(key) {
      try {
        const result = await withShared(
          async () => {
            const taken = await shared.consume(key);
            pausedUntil = 0;
            return taken;
          },
          () => own.consume(key),
        );
        return count(true, result);
      } catch (error) {
        if (error instanceof RateLimiterRes) return count(false, error);
        throw error;
      }
    },
    async giveBack(key) {
      await withShared(
        () => shared.reward(key),
        () => own.reward(key),
      );
    },
    async clear(key) {
      await own.delete(key);
      await withShared(
        () => shared.delete(key),
        async () => true,
      );
    },
  };
}
