import type { Redis } from "ioredis";
import { LRUCache } from "lru-cache";
import { cancelledJobsChannel } from "../contract/channels";
import type { QueuedJob } from "../runtime/job-status";
import type { Logger } from "../runtime/log";

/**
 * Jobs that were cancelled lately. Kept, since the news of a job can come before the job itself does: both travel on
 * connections of their own.
 */
const remembered = { max: 10_000, ttl: 10 * 60_000 } as const;

export interface Cancellations {
  has(id: string): boolean;
}

/** Whether the job's owner has cancelled it, as far as this process knows. */
export function isCancelled(job: Pick<QueuedJob, "id" | "data">, cancellations: Cancellations): boolean {
  return job.data.cancelled === true || (job.id !== undefined && cancellations.has(job.id));
}

/**
 * Hears which jobs their owners cancel and calls `abort` for each. A worker that misses the news while its connection
 * is down runs the job to its end, which nobody sees: the job reads as cancelled whatever comes of it.
 */
export function hearCancellations(
  subscriber: Redis,
  abort: (id: string) => void,
  log: Pick<Logger, "warn">,
): Cancellations {
  const heard = new LRUCache<string, true>(remembered);
  subscriber.on("message", (channel, id) => {
    if (channel !== cancelledJobsChannel) return;
    heard.set(id, true);
    abort(id);
  });
  // The client asks again by itself whenever it has connected anew.
  subscriber.subscribe(cancelledJobsChannel).catch((error: unknown) => {
    log.warn({ err: error }, "cancellations are not heard");
  });
  return { has: (id) => heard.has(id) };
}
