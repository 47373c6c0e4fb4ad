import { type Job, UnrecoverableError, WaitingError, Worker } from "bullmq";
import type { Redis } from "ioredis";
import { type JobData, jobData } from "../contract/jobs";
import { Problem } from "../contract/problems";
import { jobConcurrency, jobLocks, jobsQueue } from "../contract/queues";
import { instance, type Logger } from "../runtime/log";
import type { JobMetrics } from "../runtime/metrics";
import type { Publisher } from "../runtime/publisher";
import type { Statistics } from "../runtime/store/statistics";
import { runJob } from "./processors";
import { JobFailure } from "./processors/processor";

export interface WorkerDependencies {
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  readonly redis: Redis;
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
const retryMilliseconds = 2_000;

type BackgroundJob = Job<JobData, unknown, string>;

export function createJobWorker(dependencies: WorkerDependencies): JobWorker {
  const { log, redis } = dependencies;
  // The third parameter is what makes BullMQ hand in a signal.
  const process = (job: BackgroundJob, token?: string, signal = new AbortController().signal) =>
    runAttempt(job, token, signal, dependencies);
  const worker = new Worker<JobData, unknown, string>(
    jobsQueue,
    (job, token, signal) => process(job, token, signal),
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
  announce(worker, dependencies);
  return {
    async drain(milliseconds) {
      const handBack = setTimeout(() => worker.cancelAllJobs("the process ends"), milliseconds);
      try {
        await worker.close();
      } finally {
        clearTimeout(handBack);
      }
    },
  };
}

/** Tells the owner's connections about every change. */
function announce(worker: Worker<JobData, unknown, string>, { publisher }: WorkerDependencies): void {
  const tell = (
    job: BackgroundJob,
    state: "queued" | "active" | "completed" | "failed",
    progress: number,
  ): void => {
    if (job.id !== undefined) publisher.job(job.data.userId, { type: "job", id: job.id, state, progress });
  };
  worker.on("active", (job) => tell(job, "active", 0));
  worker.on("progress", (job, progress) => tell(job, "active", typeof progress === "number" ? progress : 0));
  worker.on("completed", (job) => tell(job, "completed", 100));
  worker.on("failed", (job) => {
    if (job !== undefined)
      tell(job, job.finishedOn === undefined ? "queued" : "failed", Number(job.progress) || 0);
  });
}

/** Runs a job once. What it throws decides between giving up, trying again and handing back. */
export async function runAttempt(
  job: Pick<
    BackgroundJob,
    "id" | "name" | "data" | "attemptsMade" | "opts" | "updateProgress" | "moveToWait"
  >,
  token: string | undefined,
  signal: AbortSignal,
  { log, metrics, statistics }: Pick<WorkerDependencies, "log" | "metrics" | "statistics">,
): Promise<unknown> {
  const { name: kind, id: jobId } = job;
  const fields = {
    jobId,
    kind,
    requestId: job.data.requestId,
    userId: job.data.userId,
    attempt: job.attemptsMade + 1,
  };
  const stop = metrics.duration.startTimer({ kind });
  try {
    const { input } = jobData.parse(job.data);
    const progress = (percent: number) => job.updateProgress(percent);
    const result = await runJob(kind, input, { progress, signal, statistics });
    metrics.processed.inc({ kind, outcome: "completed" });
    log.info({ ...fields, seconds: stop() }, "job completed");
    return result;
  } catch (error) {
    const seconds = stop();
    if (signal.aborted) {
      log.info({ ...fields, seconds }, "job handed back");
      await job.moveToWait(token);
      throw new WaitingError();
    }
    const final = error instanceof JobFailure || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    metrics.processed.inc({ kind, outcome: final ? "failed" : "retried" });
    log[final ? "error" : "warn"](
      { ...fields, seconds, err: error },
      final ? "job failed" : "job will be tried again",
    );
    throw presentable(error);
  }
}

/** The owner reads the message: a failure's own text, but nothing about our insides. */
function presentable(error: unknown): Error {
  if (error instanceof JobFailure) return new UnrecoverableError(error.message);
  if (error instanceof Problem) return new Error(error.detail);
  return new Error("The job failed for a reason that only the worker's log tells.");
}
