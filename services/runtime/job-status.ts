/** A BullMQ job in the contract's words. */
import type { Job } from "bullmq";
import {
  type JobData,
  type JobPriority,
  type JobState,
  type JobStatus,
  jobAnswer,
  jobData,
  jobPriorities,
} from "../contract/jobs";
import { jobPriorityNumbers } from "../contract/queues";

export type QueuedJob = Job<JobData, unknown, string>;

/** Why BullMQ gives up a job itself: each worker that ran it died. */
const workersDied = "job stalled more than allowable limit";

/**
 * BullMQ's state in the contract's words; undefined when the job is gone. A job that was cancelled stays cancelled,
 * wherever its worker was at that moment.
 */
export function toState(state: string, cancelled: boolean): JobState | undefined {
  if (state === "unknown") return undefined;
  if (cancelled) return "cancelled";
  return state === "active" || state === "completed" || state === "failed" ? state : "queued";
}

export function priorityOf(number: number | undefined): JobPriority {
  return jobPriorities.find((name) => jobPriorityNumbers[name] === number) ?? "normal";
}

/** Why a job failed, as its owner may read it. */
export function failureOf(job: Pick<QueuedJob, "failedReason">): string {
  if (job.failedReason === workersDied) return "Every worker that ran the job ended before it did.";
  return job.failedReason || "unknown";
}

/**
 * What its owner sees of a job; undefined when it is gone. `bullState` must have been read before `job`, so that a
 * job that has completed comes with its result.
 */
export function toStatus(job: QueuedJob | undefined, bullState: string): JobStatus | undefined {
  const data = jobData.safeParse(job?.data);
  if (job === undefined || !data.success) return undefined;
  const state = toState(bullState, data.data.cancelled === true);
  if (state === undefined) return undefined;
  return jobAnswer.parse({
    id: job.id,
    kind: job.name,
    state,
    priority: priorityOf(job.opts.priority),
    progress: state === "completed" ? 100 : typeof job.progress === "number" ? job.progress : 0,
    createdAt: new Date(job.timestamp).toISOString(),
    ...(state === "completed" ? { result: job.returnvalue ?? null } : {}),
    ...(state === "failed" ? { error: failureOf(job) } : {}),
  });
}
