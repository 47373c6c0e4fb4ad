import type { z } from "zod";
import type { JobInput, JobKind } from "../../contract/jobs";
import type { Statistics } from "../../runtime/store/statistics";

/** What a processor is given besides its input. */
export interface JobContext {
  /** The job's owner: it sees no more than they may. */
  readonly userId: string;
  /** Tells how far the job is: 0 to 100. Stored soon, and not at all when the job is complete before. */
  progress(percent: number): void;
  /** Aborted when the process ends before the job: the job is handed back and runs again elsewhere. */
  readonly signal: AbortSignal;
  readonly statistics: Statistics;
}

/** Runs one kind of job. It may run again after a crash, so its effects must bear repetition. */
export type JobProcessor<Kind extends JobKind> = (
  input: JobInput<Kind>,
  context: JobContext,
) => Promise<z.core.util.JSONType>;

/** The job cannot succeed, whatever is tried. The message is shown to the job's owner. */
export class JobFailure extends Error {
  override readonly name = "JobFailure";
}
