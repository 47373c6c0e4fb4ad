import { QueueKeys } from "bullmq";
import type { Redis } from "ioredis";
import { jobPriorityNumbers } from "../contract/queues";

/** BullMQ puts a job's priority into the upper bits of its score, and its turn into the lower 32. */
const turns = 2 ** 32;

/**
 * When the oldest job was made that waits to be taken, in milliseconds since 1970; undefined when none waits. Jobs that
 * are put off until later do not count.
 */
export async function oldestWaitingJob(
  redis: Pick<Redis, "lindex" | "zrangebyscore" | "hget">,
  queue: string,
): Promise<number | undefined> {
  const keys = new QueueKeys();
  // The first of each kind is the oldest of its kind; jobs without a priority are taken from the list's end.
  const first = await Promise.all([
    redis.lindex(keys.toKey(queue, "wait"), -1).then((id) => id ?? undefined),
    ...Object.values(jobPriorityNumbers).map(async (priority) => {
      const key = keys.toKey(queue, "prioritized");
      const range = [priority * turns, `(${(priority + 1) * turns}`, "LIMIT", 0, 1] as const;
      return (await redis.zrangebyscore(key, ...range))[0];
    }),
  ]);
  const ids = first.filter((id) => id !== undefined);
  const made = await Promise.all(ids.map((id) => redis.hget(keys.toKey(queue, id), "timestamp")));
  // A job may have been taken and removed between the two questions.
  const times = made.map(Number).filter((time) => time > 0);
  return times.length === 0 ? undefined : Math.min(...times);
}
