import { UnrecoverableError, WaitingError } from "bullmq";
import { Problem } from "../contract/problems";
import type { QueuedJob } from "../runtime/job-status";
import type { Logger } from "../runtime/log";
import type { JobMetrics } from "../runtime/metrics";
import type { Statistics } from "../runtime/store/statistics";
import { type Cancellations, isCancelled } from "./cancellations";
import type { Interruption } from "./interruption";
import { runJob } from "./processors";
import { JobFailure } from "./processors/processor";
import { Progress } from "./progress";

export interface AttemptDependencies {
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  readonly statistics: Statistics;
  readonly metrics: JobMetrics;
  readonly cancellations: Cancellations;
}

export type Attempt = Pick<
  QueuedJob,
  "id" | "name" | "data" | "attemptsMade" | "opts" | "updateProgress" | "moveToWait"
>;

/**
 * Runs a job once. What it throws decides between giving up, trying again and handing back. A job that was cancelled
 * ends without a result, and counts as no failure.
 */
export async function runAttempt(
  job: Attempt,
  token: string | undefined,
  interruption: Interruption,
  { log, metrics, statistics, cancellations }: AttemptDependencies,
): Promise<unknown> {
  const { name: kind, id: jobId } = job;
  const { userId } = job.data;
  const fields = {
    jobId,
    kind,
    requestId: job.data.requestId,
    userId,
    attempt: job.attemptsMade + 1,
  };
  const giveUp = (): null => {
    metrics.processed.inc({ kind, outcome: "cancelled" });
    log.info(fields, "job cancelled");
    return null;
  };
  if (isCancelled(job, cancellations)) return giveUp();
  const stop = metrics.duration.startTimer({ kind });
  const progress = new Progress(
    (percent) => job.updateProgress(percent),
    (error) => log.warn({ ...fields, err: error }, "the job's progress could not be stored"),
  );
  try {
    // The processor's own schema checks the input.
    const result = await runJob(kind, job.data.input, {
      userId,
      progress: (percent) => progress.tell(percent),
      statistics,
      get signal() {
        return interruption.signal;
      },
    });
    await progress.drop();
    metrics.processed.inc({ kind, outcome: "completed" });
    log.info({ ...fields, seconds: stop() }, "job completed");
    return result;
  } catch (error) {
    const seconds = stop();
    await progress.flush();
    if (isCancelled(job, cancellations)) return giveUp();
    if (interruption.aborted) {
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
