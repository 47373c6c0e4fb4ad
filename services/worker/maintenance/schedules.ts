import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { jobAttempts, schedules } from "../../contract/queues";
import type { Logger } from "../../runtime/log";

/** Firings that are over can be looked at for a day, those that failed for a week. */
const options = {
  ...jobAttempts,
  removeOnComplete: { age: 24 * 3_600 },
  removeOnFail: { age: 7 * 24 * 3_600 },
};

type Schedulers = Pick<Queue, "upsertJobScheduler" | "getJobSchedulers" | "removeJobScheduler">;

/**
 * Brings the schedules in Redis in line with `wanted`: a new or changed one is written, one that is not wanted any
 * more removed. Any number of workers may do so: a firing's job is named by its schedule and time, so there is one.
 */
export async function arrangeSchedules(
  queue: Schedulers,
  wanted: Readonly<Record<string, string>> = schedules,
): Promise<void> {
  for (const [name, pattern] of Object.entries(wanted))
    await queue.upsertJobScheduler(name, { pattern, tz: "UTC" }, { name, data: {}, opts: options });
  for (const { key } of await queue.getJobSchedulers())
    if (!(key in wanted)) await queue.removeJobScheduler(key);
}

/** Arranges the schedules now and whenever Redis is back, since it may have come back without them. */
export function keepSchedules(redis: Redis, queue: Schedulers, log: Pick<Logger, "warn">): void {
  const arrange = (): void => {
    arrangeSchedules(queue).catch((error: unknown) =>
      log.warn({ err: error }, "the schedules could not be written; they are when Redis is connected anew"),
    );
  };
  redis.on("ready", arrange);
  if (redis.status === "ready") arrange();
}
