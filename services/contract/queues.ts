/** Names and timings of the BullMQ queues: producers and workers must agree on them. */

export const jobsQueue = "jobs";

/** How often a job is tried, and how long after a failure (milliseconds, doubled every time). */
export const jobAttempts = { attempts: 3, backoff: { type: "exponential", delay: 2_000 } } as const;

/**
 * How long finished jobs can be read (seconds). An Idempotency-Key of a job is remembered as long as its job,
 * so a shorter retention would let a late retry run the job a second time.
 */
export const jobRetention = {
  removeOnComplete: { age: 24 * 3_600 },
  removeOnFail: { age: 7 * 24 * 3_600 },
} as const;

/**
 * Milliseconds. A worker that dies is noticed after its lock has run out and the next check has come: 20 s at
 * most. BullMQ's defaults (30 s, 30 s, one stall) would take a minute and give up on the second crash.
 */
export const jobLocks = { lockDuration: 10_000, stalledInterval: 10_000, maxStalledCount: 3 } as const;

/** Jobs that one worker process runs at once. */
export const jobConcurrency = 5;
