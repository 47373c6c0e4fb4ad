import type { Redis } from "ioredis";
import { jobsOfUserKey } from "../contract/channels";
import { jobRetention } from "../contract/queues";

/** Jobs of one user that can be listed. */
const kept = 1_000;

/** Seconds: no job can be read for longer. */
const retention = Math.max(jobRetention.removeOnComplete.age, jobRetention.removeOnFail.age);

/** Ids of a user's jobs, newest first. Those that are too many or too old fall out. */
export interface JobsOfUser {
  /** Remembers a job. Done before the job is queued: an id without a job is skipped, a job without an id lost. */
  add(userId: string, id: string, now?: number): Promise<void>;
  /** Up to `count` ids from the one after `after`, or from the newest. None when `after` is not known any more. */
  page(userId: string, after: string | undefined, count: number): Promise<string[]>;
}

export function createJobsOfUser(redis: Redis): JobsOfUser {
  return {
    async add(userId, id, now = Date.now()) {
      const key = jobsOfUserKey(userId);
      const answers = await redis
        .pipeline()
        .zadd(key, "NX", now, id)
        .zremrangebyrank(key, 0, -kept - 1)
        .zremrangebyscore(key, "-inf", now - retention * 1_000)
        .expire(key, retention)
        .exec();
      for (const [error] of answers ?? []) if (error !== null) throw error;
    },
    async page(userId, after, count) {
      const key = jobsOfUserKey(userId);
      const rank = after === undefined ? -1 : await redis.zrevrank(key, after);
      return rank === null ? [] : redis.zrevrange(key, rank + 1, rank + count);
    },
  };
}
