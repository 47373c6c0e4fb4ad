import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { JobData } from "../contract/jobs";
import { jobConcurrency, jobLocks, jobsQueue } from "../contract/queues";
import type { QueuedJob } from "../runtime/job-status";
import { instance, type Logger } from "../runtime/log";
import type { JobMetrics } from "../runtime/metrics";
import type { Publisher } from "../runtime/publisher";
import type { Statistics } from "../runtime/store/statistics";
import { announce } from "./announce";
import { runAttempt } from "./attempt";
import { hearCancellations } from "./cancellations";
import { Interruptions } from "./interruption";

export interface WorkerDependencies {
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  readonly redis: Redis;
  /** A connection that does nothing but listen. */
  readonly subscriber: Redis;
  readonly publisher: Pick<Publisher, "job">;
  readonly statistics: Statistics;
  readonly metrics: JobMetrics;
}

export interface JobWorker {
  /**
   * Takes no more jobs, waits for those that run, and after `milliseconds` hands back what still runs, so that
   * another worker starts it at once.
   */
  drain(milliseconds: number): Promise<void>;
}

/** Milliseconds between two attempts to take jobs after Redis failed. */
export const retryMilliseconds = 2_000;

export function createJobWorker(dependencies: WorkerDependencies): JobWorker {
  const { log, redis, subscriber, publisher, metrics } = dependencies;
  const interruptions = new Interruptions();
  const cancellations = hearCancellations(subscriber, (id) => interruptions.abort(id), log);
  const context = { ...dependencies, cancellations };
  const worker: Worker<JobData, unknown, string> = new Worker<JobData, unknown, string>(
    jobsQueue,
    // Without a third parameter: for that BullMQ makes a signal for each job, whether it is used or not.
    (job: QueuedJob, token?: string) =>
      interruptions.during(job.id ?? "", (interruption) => runAttempt(job, token, interruption, context)),
    {
      connection: redis,
      name: instance,
      concurrency: jobConcurrency,
      runRetryDelay: retryMilliseconds,
      ...jobLocks,
    },
  );
  worker.on("error", (error) => log.warn({ err: error }, "the queue reported an error"));
  worker.on("stalled", (id) => log.warn({ jobId: id }, "a job's worker is gone; the job is queued again"));
  worker.on("failed", (job) => {
    if (job?.deferredFailure === undefined) return;
    // Given up without a further attempt: its workers have died too often.
    metrics.processed.inc({ kind: job.name, outcome: "failed" });
    log.error({ jobId: job.id, kind: job.name, userId: job.data.userId }, "job failed with its workers");
  });
  const tellTheRest = announce(worker, publisher, cancellations);
  return {
    async drain(milliseconds) {
      const handBack = setTimeout(() => interruptions.abortAll(), milliseconds);
      try {
        await worker.close();
      } finally {
        clearTimeout(handBack);
        tellTheRest();
      }
    },
  };
}
