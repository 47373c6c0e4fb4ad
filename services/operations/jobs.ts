import type { JobType, Queue } from "bullmq";
import type { Redis } from "ioredis";
import { type JobData, type JobPriority, type JobState, jobData } from "../contract/jobs";
import { failureOf, priorityOf, type QueuedJob, toState } from "../runtime/job-status";
import { Refusal } from "./refusal";

/** A job as its operator sees it. */
export interface ListedJob {
  readonly id: string;
  readonly kind: string;
  readonly state: JobState;
  readonly priority: JobPriority;
  readonly userId: string;
  readonly attempts: number;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly endedAt: string | null;
  readonly error: string | null;
}

type Jobs = Pick<Queue<JobData, unknown, string>, "getJobs" | "getJob" | "getJobState" | "toKey">;

const queued: readonly JobType[] = ["wait", "prioritized", "delayed"];
const everywhere: readonly JobType[] = [...queued, "active", "completed", "failed"];

/** Where BullMQ keeps the jobs of a state; cancelled ones are wherever they were. */
const places: Readonly<Record<JobState, readonly JobType[]>> = {
  queued,
  active: ["active"],
  completed: ["completed"],
  failed: ["failed"],
  cancelled: everywhere,
};

const chunk = 200;

/** Up to `limit` jobs of all users, newest first. */
export async function listJobs(
  queue: Jobs,
  { state, limit }: { readonly state?: JobState | undefined; readonly limit: number },
): Promise<ListedJob[]> {
  const found: ListedJob[] = [];
  for (const place of state === undefined ? everywhere : places[state]) {
    let here = 0;
    for await (const job of jobsIn(queue, place)) {
      const listed = toListed(job, place);
      if (listed === undefined || (state !== undefined && listed.state !== state)) continue;
      found.push(listed);
      here += 1;
      if (here === limit) break;
    }
  }
  return found.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).slice(0, limit);
}

async function* jobsIn(queue: Jobs, place: JobType): AsyncGenerator<QueuedJob> {
  for (let start = 0; ; start += chunk) {
    const jobs: QueuedJob[] = await queue.getJobs([place], start, start + chunk - 1, false);
    yield* jobs;
    if (jobs.length < chunk) return;
  }
}

function toListed(job: QueuedJob, place: JobType): ListedJob | undefined {
  const data = jobData.safeParse(job.data);
  const state = toState(place, data.data?.cancelled === true);
  if (!data.success || job.id === undefined || state === undefined) return undefined;
  return {
    id: job.id,
    kind: job.name,
    state,
    priority: priorityOf(job.opts.priority),
    userId: data.data.userId,
    attempts: job.attemptsMade,
    createdAt: new Date(job.timestamp).toISOString(),
    endedAt: job.finishedOn === undefined ? null : new Date(job.finishedOn).toISOString(),
    error: state === "failed" ? failureOf(job) : null,
  };
}

/** Queues a failed job again, with all its attempts. Throws Refusal when it is not there or has not failed. */
export async function retryJob(queue: Jobs, redis: Pick<Redis, "hdel">, id: string): Promise<void> {
  const bullState = await queue.getJobState(id);
  const job = await queue.getJob(id);
  const state = job === undefined ? undefined : toState(bullState, job.data.cancelled === true);
  if (job === undefined || state === undefined) throw new Refusal("job_not_found", `there is no job ${id}`);
  if (state !== "failed")
    throw new Refusal("job_not_failed", `the job ${id} is ${state}; only a failed job can be tried again`);
  // BullMQ counts the workers that died of a job for good: the next one would be the last.
  await redis.hdel(queue.toKey(id), "stc");
  await job.retry("failed", { resetAttemptsMade: true, resetAttemptsStarted: true });
}

/** Queues all jobs again that have failed by now; answers their ids. */
export async function retryAll(queue: Jobs, redis: Pick<Redis, "hdel">): Promise<string[]> {
  const failed: string[] = [];
  for await (const job of jobsIn(queue, "failed"))
    if (job.id !== undefined && job.data.cancelled !== true) failed.push(job.id);
  const retried: string[] = [];
  for (const id of failed) {
    try {
      await retryJob(queue, redis, id);
      retried.push(id);
    } catch (error) {
      // Somebody else was faster, or its time was up.
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return retried;
}
