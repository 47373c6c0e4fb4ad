import { z } from "zod";
import { OperationError } from "../../components/shared/errors";
import { ask, requireAnswer } from "./ask";
import { checkStack } from "./check-stack";
import { projectRoot as root } from "./project";
import { print, printJson, say } from "./say";
import { table } from "./table";
import { runInWorker } from "./worker-program";

const listed = z.array(
  z.object({
    id: z.string(),
    kind: z.string(),
    state: z.string(),
    priority: z.string(),
    userId: z.string(),
    attempts: z.number(),
    createdAt: z.string(),
    endedAt: z.string().nullable(),
    error: z.string().nullable(),
  }),
);
export type ListedJob = z.infer<typeof listed>[number];

const retried = z.object({ retried: z.array(z.string()) });

export interface ListOptions {
  readonly state?: string | undefined;
  readonly limit: number;
  readonly json: boolean;
}

/** Prints the jobs of all users, newest first. */
export async function listJobs(stack: string, { state, limit, json }: ListOptions): Promise<void> {
  const { settings } = checkStack(root, stack, { missing: "warn" });
  const words = [
    "jobs",
    "list",
    "--limit",
    String(limit),
    ...(state === undefined ? [] : ["--state", state]),
  ];
  const jobs = await runInWorker(settings, words, listed);
  if (json) printJson(jobs);
  else print(renderJobs(jobs, state));
}

export function renderJobs(jobs: readonly ListedJob[], state: string | undefined): string {
  if (jobs.length === 0) return state === undefined ? "There are no jobs." : `There are no ${state} jobs.`;
  return table(
    ["JOB", "KIND", "STATE", "PRIORITY", "ATTEMPTS", "CREATED", "ERROR"],
    jobs.map(({ id, kind, state: is, priority, attempts, createdAt, error }) => [
      id,
      kind,
      is,
      priority,
      String(attempts),
      createdAt,
      error ?? "",
    ]),
  );
}

export interface RetryOptions {
  /** Undefined: all that have failed. */
  readonly id: string | undefined;
  readonly yes: boolean;
  readonly json: boolean;
}

/** Queues failed jobs again, with all their attempts; asks before it does so for all. */
export async function retryJobs(stack: string, { id, yes, json }: RetryOptions): Promise<void> {
  if (id === undefined) requireAnswer("jobs retry --all", yes);
  const { settings } = checkStack(root, stack, { missing: "warn" });
  if (id === undefined && !yes && !(await ask(`Run every failed job of ${stack} again?`)))
    throw new OperationError("nothing was changed");
  const words = ["jobs", "retry", id ?? "--all"];
  const answer = await runInWorker(settings, words, retried);
  if (json) printJson(answer);
  else if (answer.retried.length === 0) say("No job has failed.");
  else print(answer.retried.map((one) => `${one} is queued again`).join("\n"));
}
