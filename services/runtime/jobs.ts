import { createHash, randomUUID } from "node:crypto";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { JobData, JobKind, JobPriority, JobStatus, JobsPage, JobsQuery } from "../contract/jobs";
import { Problem } from "../contract/problems";
import { jobAttempts, jobPriorityNumbers, jobRetention, jobsQueue } from "../contract/queues";
import { flagCancelled } from "./job-cancellation";
import { toStatus } from "./job-status";
import { createJobsOfUser } from "./jobs-of-user";
import { fingerprintOf, keyReused, type Outcome } from "./store/idempotency";
import { within } from "./time";
import { asRedis } from "./unavailable";

export interface JobRequest {
  readonly userId: string;
  readonly kind: JobKind;
  readonly input: JobData["input"];
  readonly priority: JobPriority;
  readonly requestId?: string;
  /** The same user's requests under one key make one job. */
  readonly key?: string;
}

/** The queue as its producers see it. Every method throws `store_unavailable` while Redis is away. */
export interface JobQueue {
  enqueue(request: JobRequest): Promise<Outcome<{ id: string }>>;
  /** State of a job. Throws `job_not_found`, also for somebody else's job. */
  status(userId: string, id: string): Promise<JobStatus>;
  /** A user's jobs, newest first. */
  list(userId: string, query: JobsQuery): Promise<JobsPage>;
  /**
   * Cancels a job, which has no other end from then on, and answers its state. Throws `job_not_found`, or `job_ended`
   * when it has completed, failed or been cancelled before.
   */
  cancel(userId: string, id: string): Promise<JobStatus>;
  /** Jobs by BullMQ's states. */
  counts(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** Milliseconds that a call to the queue may take in all. */
const callMilliseconds = 3_000;

/** Jobs that are looked at together. */
const chunk = 100;

export function createJobQueue(
  redis: Redis,
  queue = new Queue<JobData, unknown, string>(jobsQueue, { connection: redis }),
): JobQueue {
  // The connection reports its errors itself.
  queue.on("error", () => undefined);
  const jobsOfUser = createJobsOfUser(redis);

  /** A queue that has never reached Redis waits for it without end, so the connection is looked at first. */
  const call = <T>(work: () => Promise<T>): Promise<T> =>
    asRedis(async () => {
      if (redis.status !== "ready") throw new Error(`the connection to Redis is ${redis.status}`);
      return within(callMilliseconds, work(), "Redis did not answer");
    });

  const load = async (id: string): Promise<JobStatus | undefined> => {
    const state = await queue.getJobState(id);
    return toStatus(await queue.getJob(id), state);
  };

  return {
    enqueue: ({ userId, kind, input, priority, requestId, key }) =>
      call(async () => {
        const id = key === undefined ? randomUUID() : idUnderKey(userId, key);
        const fingerprint = fingerprintOf(kind, input, priority);
        const earlier = key === undefined ? undefined : await queue.getJob(id);
        if (earlier === undefined) {
          const data = { userId, fingerprint, input, ...(requestId === undefined ? {} : { requestId }) };
          const options = {
            jobId: id,
            priority: jobPriorityNumbers[priority],
            ...jobAttempts,
            ...jobRetention,
          };
          // Adding an id that is there already changes nothing: of two requests at once one makes the job.
          await Promise.all([jobsOfUser.add(userId, id), queue.add(kind, data, options)]);
        }
        const kept = key === undefined ? undefined : (earlier ?? (await queue.getJob(id)));
        if (kept !== undefined && kept.data.fingerprint !== fingerprint) throw keyReused();
        return { value: { id }, replayed: earlier !== undefined };
      }),

    status: (userId, id) =>
      call(async () => {
        // The state is asked for before the rest: a job that has completed then comes with its result.
        const state = await queue.getJobState(id);
        const job = await queue.getJob(id);
        const status = job?.data.userId === userId ? toStatus(job, state) : undefined;
        if (status === undefined) throw jobNotFound(id);
        return status;
      }),

    list: (userId, { state, after, limit }) =>
      call(async () => {
        const found: JobStatus[] = [];
        let ids = await jobsOfUser.page(userId, after, chunk);
        while (ids.length > 0 && found.length <= limit) {
          const jobs = await Promise.all(ids.map(load));
          found.push(
            ...jobs
              .filter((job) => job !== undefined)
              .filter((job) => state === undefined || job.state === state),
          );
          ids = ids.length < chunk ? [] : await jobsOfUser.page(userId, ids.at(-1), chunk);
        }
        const jobs = found.slice(0, limit);
        return { jobs, next: found.length > limit ? (jobs.at(-1)?.id ?? null) : null };
      }),

    cancel: (userId, id) =>
      call(async () => {
        if ((await queue.getJob(id))?.data.userId !== userId) throw jobNotFound(id);
        const outcome = await flagCancelled(redis, queue, id);
        if (outcome === "ended" || outcome === "cancelled")
          throw new Problem("job_ended", "The job has ended; there is nothing to cancel.");
        const status = outcome === "gone" ? undefined : await load(id);
        if (status === undefined) throw jobNotFound(id);
        return status;
      }),

    counts: () =>
      call(() => queue.getJobCounts("waiting", "active", "delayed", "prioritized", "completed", "failed")),

    close: () => queue.close(),
  };
}

const jobNotFound = (id: string): Problem => new Problem("job_not_found", `There is no job ${id}.`);

/** A UUID that follows from user and key, so that a repeated request meets its own job. */
function idUnderKey(userId: string, key: string): string {
  const hex = createHash("sha256").update(`${userId}\n${key}`).digest("hex");
  // Version 8 (custom) and variant bits, as RFC 9562 wants them.
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
