import { createHash, randomUUID } from "node:crypto";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import {
  type JobData,
  type JobKind,
  type JobState,
  type JobStatus,
  jobAnswer,
  jobData,
} from "../contract/jobs";
import { Problem } from "../contract/problems";
import { jobAttempts, jobRetention, jobsQueue } from "../contract/queues";
import { fingerprintOf, keyReused, type Outcome } from "./store/idempotency";
import { within } from "./time";
import { asRedis } from "./unavailable";

export interface JobRequest {
  readonly userId: string;
  readonly kind: JobKind;
  readonly input: JobData["input"];
  readonly requestId?: string;
  /** The same user's requests under one key make one job. */
  readonly key?: string;
}

/** The queue as its producers see it. Every method throws `store_unavailable` while Redis is away. */
export interface JobQueue {
  enqueue(request: JobRequest): Promise<Outcome<{ id: string }>>;
  /** State of a job. Throws `job_not_found`, also for somebody else's job. */
  status(userId: string, id: string): Promise<JobStatus>;
  /** Jobs by BullMQ's states. */
  counts(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** Milliseconds that a call to the queue may take in all. */
const callMilliseconds = 3_000;

export function createJobQueue(
  redis: Redis,
  queue = new Queue<JobData>(jobsQueue, { connection: redis }),
): JobQueue {
  // The connection reports its errors itself.
  queue.on("error", () => undefined);

  /** A queue that has never reached Redis waits for it without end, so the connection is looked at first. */
  const call = <T>(work: () => Promise<T>): Promise<T> =>
    asRedis(async () => {
      if (redis.status !== "ready") throw new Error(`the connection to Redis is ${redis.status}`);
      return within(callMilliseconds, work(), "Redis did not answer");
    });

  return {
    enqueue: ({ userId, kind, input, requestId, key }) =>
      call(async () => {
        const id = key === undefined ? randomUUID() : idUnderKey(userId, key);
        const fingerprint = fingerprintOf(kind, input);
        const earlier = key === undefined ? undefined : await queue.getJob(id);
        if (earlier === undefined) {
          const data = { userId, fingerprint, input, ...(requestId === undefined ? {} : { requestId }) };
          // Adding an id that is there already changes nothing: of two requests at once one makes the job.
          await queue.add(kind, data, { jobId: id, ...jobAttempts, ...jobRetention });
        }
        const kept = key === undefined ? undefined : (earlier ?? (await queue.getJob(id)));
        if (kept !== undefined && kept.data.fingerprint !== fingerprint) throw keyReused();
        return { value: { id }, replayed: earlier !== undefined };
      }),

    status: (userId, id) =>
      call(async () => {
        const job = await queue.getJob(id);
        const data = jobData.safeParse(job?.data);
        if (job === undefined || !data.success || data.data.userId !== userId) throw jobNotFound(id);
        const state = toState(await job.getState());
        if (state === undefined) throw jobNotFound(id);
        return jobAnswer.parse({
          id,
          kind: job.name,
          state,
          progress: state === "completed" ? 100 : typeof job.progress === "number" ? job.progress : 0,
          ...(state === "completed" ? { result: await resultOf(queue, id) } : {}),
          ...(state === "failed" ? { error: job.failedReason ?? "unknown" } : {}),
        });
      }),

    counts: () =>
      call(() => queue.getJobCounts("waiting", "active", "delayed", "prioritized", "completed", "failed")),
    close: () => queue.close(),
  };
}

/** The job may have ended between the two questions for its data and its state: its result is asked for last. */
async function resultOf(queue: Queue<JobData>, id: string): Promise<unknown> {
  return (await queue.getJob(id))?.returnvalue ?? null;
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

/** BullMQ's state in the contract's words; undefined when the job is gone. */
export function toState(state: string): JobState | undefined {
  if (state === "active" || state === "completed" || state === "failed") return state;
  return state === "unknown" ? undefined : "queued";
}
