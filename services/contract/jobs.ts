/** The kinds of job, each with the schema of its input. Adding a kind here makes the worker ask for its processor. */
import { z } from "zod";
import { identifier, text, timestamp } from "./text";

/** Longest that an `echo` job may be asked to take (milliseconds). */
const longestEcho = 300_000;

export const jobInputs = {
  /** Answers with `value` after `steps` pauses of `stepMilliseconds` each: to try out queue and progress. */
  echo: z
    .strictObject({
      value: z.json().default(null),
      steps: z.int().min(1).max(100).default(1),
      stepMilliseconds: z.int().min(0).max(60_000).default(0),
    })
    .refine(({ steps, stepMilliseconds }) => steps * stepMilliseconds <= longestEcho, {
      message: `steps times stepMilliseconds must be at most ${longestEcho}`,
      path: ["stepMilliseconds"],
    }),
  /** Counts the messages of the given rooms, or of all rooms, of those that the job's owner belongs to. */
  report: z.strictObject({ rooms: z.array(identifier).min(1).max(100).optional() }),
} as const;

export type JobKind = keyof typeof jobInputs;
export type JobInput<Kind extends JobKind> = z.infer<(typeof jobInputs)[Kind]>;

const kind = z.enum(["echo", "report"]) satisfies z.ZodType<JobKind>;
export const jobKinds: readonly JobKind[] = kind.options;

export function isJobKind(name: string): name is JobKind {
  return kind.safeParse(name).success;
}

export const reportResult = z.object({
  rooms: z.number().int(),
  messages: z.number().int(),
  busiest: z.object({ room: identifier, messages: z.number().int() }).nullable(),
});

/** Queued jobs of a higher priority run first; those of one priority in the order they came. */
export const jobPriorities = ["high", "normal", "low"] as const;
export type JobPriority = (typeof jobPriorities)[number];

export const jobRequest = z.strictObject({
  kind: text(80).describe("One of the kinds; another one is answered by 422 with the list"),
  input: z.record(z.string(), z.json()).default({}),
  priority: z.enum(jobPriorities).default("normal"),
});

export const jobStates = ["queued", "active", "completed", "failed", "cancelled"] as const;
export const jobState = z.enum(jobStates);
export type JobState = z.infer<typeof jobState>;

export const jobAccepted = z.object({ id: identifier, state: z.literal("queued") });

export const jobAnswer = z.object({
  id: identifier,
  kind: z.string(),
  state: jobState,
  priority: z.enum(jobPriorities),
  progress: z.number().min(0).max(100),
  createdAt: timestamp,
  result: z.json().optional(),
  error: z.string().optional(),
});
export type JobStatus = z.infer<typeof jobAnswer>;

export const jobsQuery = z.strictObject({
  state: jobState.optional(),
  after: identifier.optional().describe("Id of the last job of the page before"),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type JobsQuery = z.infer<typeof jobsQuery>;

export const jobsAnswer = z.object({
  jobs: z.array(jobAnswer).describe("The caller's own, newest first"),
  next: identifier.nullable().describe("`after` of the next page; null when this is the last one"),
});
export type JobsPage = z.infer<typeof jobsAnswer>;

/** What a queued job carries, checked by the worker before it runs. */
export const jobData = z.object({
  userId: identifier,
  requestId: z.string().optional(),
  fingerprint: z
    .string()
    .describe("Hash of kind, input and priority: tells two requests under one key apart"),
  input: z.record(z.string(), z.json()),
  cancelled: z
    .boolean()
    .optional()
    .describe("Its owner has cancelled it: a worker that takes it gives it up"),
});
export type JobData = z.infer<typeof jobData>;
