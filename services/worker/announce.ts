import type { Worker } from "bullmq";
import type { ServerFrame } from "../contract/frames";
import type { JobData, JobState } from "../contract/jobs";
import type { QueuedJob } from "../runtime/job-status";
import type { Publisher } from "../runtime/publisher";
import { type Cancellations, isCancelled } from "./cancellations";

/** Milliseconds in which the changes of a job become one: nobody sees the steps of a job that is over sooner. */
export const gatherMilliseconds = 20;

interface Change {
  readonly job: QueuedJob;
  readonly frame: Extract<ServerFrame, { type: "job" }>;
}

/**
 * Tells the owner's connections how a job is, soon after every change; who cancelled a job is told so by the API, and
 * nothing after it. Returns what tells the rest at once.
 */
export function announce(
  worker: Pick<Worker<JobData, unknown, string>, "on">,
  publisher: Pick<Publisher, "job">,
  cancellations: Cancellations,
): () => void {
  let gathered = new Map<string, Change>();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const changes = gathered;
    gathered = new Map();
    for (const { job, frame } of changes.values())
      if (!isCancelled(job, cancellations)) publisher.job(job.data.userId, frame);
  };
  const tell = (job: QueuedJob, state: JobState, progress: number): void => {
    const { id, name: kind } = job;
    if (id === undefined) return;
    gathered.set(id, { job, frame: { type: "job", id, kind, state, progress } });
    timer ??= setTimeout(flush, gatherMilliseconds);
  };
  worker.on("active", (job) => tell(job, "active", 0));
  worker.on("progress", (job, progress) => tell(job, "active", typeof progress === "number" ? progress : 0));
  worker.on("completed", (job) => tell(job, "completed", 100));
  worker.on("failed", (job) => {
    if (job !== undefined)
      tell(job, job.finishedOn === undefined ? "queued" : "failed", Number(job.progress) || 0);
  });
  return flush;
}
