/** Names and timings of the BullMQ queues: producers and workers must agree on them. */

export const jobsQueue = "jobs";

/** Mail and schedules: work that no user asked for by name. */
export const maintenanceQueue = "maintenance";

/** What runs by itself, as cron patterns in UTC. */
export const schedules = {
  /** Removes what has expired: sessions, keys of requests, events, jobs of users. */
  "clean-up": "17 * * * *",
  /** Keeps a row of figures. */
  statistics: "*/15 * * * *",
  /** Mails the last day's figures to the administrators, where mail is set up. */
  report: "0 6 * * *",
} as const;
export type ScheduleName = keyof typeof schedules;

/** BullMQ's numbers: a lower one runs first, and 0 is no priority at all. */
export const jobPriorityNumbers = { high: 1, normal: 2, low: 3 } as const;

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
 * Milliseconds. A job whose worker has died is queued again by the second look at it after its lock has run out. A look
 * is skipped when another was less than the interval ago, be it by a millisecond: 20 s at most even so. BullMQ's
 * defaults (30 s, 30 s, one stall) would take minutes and give up on the second crash.
 */
export const jobLocks = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 3 } as const;

/** Jobs that one worker process runs at once. */
export const jobConcurrency = 5;
