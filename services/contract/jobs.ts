/** The kinds of job, each with the schema of its input. Adding a kind here makes the worker ask for its processor. */
import { z } from "zod";
import { identifier, text } from "./text";

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
  /** Counts the messages of the given rooms, or of all rooms. */
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

export const jobRequest = z.strictObject({
  kind: text(80).describe("One of the kinds; another one is answered by 422 with the list"),
  input: z.record(z.string(), z.json()).default({}),
});

export const jobStates = ["queued", "active", "completed", "failed"] as const;
export const jobState = z.enum(jobStates);
export type JobState = z.infer<typeof jobState>;

export const jobAccepted = z.object({ id: identifier, state: z.literal("queued") });

export const jobAnswer = z.object({
  id: identifier,
  kind: z.string(),
  state: jobState,
  progress: z.number().min(0).max(100),
  result: z.json().optional(),
  error: z.string().optional(),
});
export type JobStatus = z.infer<typeof jobAnswer>;

/** What a queued job carries, checked by the worker before it runs. */
export const jobData = z.object({
  userId: identifier,
  requestId: z.string().optional(),
  fingerprint: z.string().describe("Hash of kind and input: tells two requests under one key apart"),
  input: z.record(z.string(), z.json()),
});
export type JobData = z.infer<typeof jobData>;
