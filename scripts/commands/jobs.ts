import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import type { JobState } from "../../services/contract/jobs";
import { examples, jsonOption, stackArgument, yesOption } from "./options";

/** Written here, so that help does not load the contract's schemas. */
export const states = [
  "queued",
  "active",
  "completed",
  "failed",
  "cancelled",
] as const satisfies readonly JobState[];

const most = 1_000;

function count(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > most)
    throw new InvalidArgumentError(`Write a number from 1 to ${most}.`);
  return number;
}

function jobId(text: string): string {
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError("Write the id of a job, as jobs list prints it.");
}

/** Commands about the jobs that a stack's workers run. */
export function addJobs(program: Command): void {
  const group = program
    .command("jobs")
    .summary("look at jobs, and run failed ones again")
    .description("Works with the jobs of a stack, inside one of its running workers.")
    .helpCommand("help [command]", "explain a command");
  addList(group);
  addRetry(group);
  examples(group, "./backline jobs list dev --state failed", "./backline jobs retry staging --all");
}

function addList(group: Command): void {
  examples(
    group
      .command("list")
      .summary("print the jobs of all users, newest first")
      .description("Prints jobs, newest first. Those that failed for good can be looked at for a week.")
      .addArgument(stackArgument())
      .addOption(new Option("--state <state>", "only jobs in this state").choices(states))
      .option("--limit <count>", `jobs at most, up to ${most}`, count, 100)
      .addOption(jsonOption())
      .action(async (stack: string, options: { state?: string; limit: number; json?: boolean }) => {
        const { listJobs } = await import("../operations/jobs");
        await listJobs(stack, { state: options.state, limit: options.limit, json: options.json ?? false });
      }),
    "./backline jobs list dev",
    "./backline jobs list staging --state failed --json",
  );
}

function addRetry(group: Command): void {
  examples(
    group
      .command("retry")
      .summary("queue a failed job again, or all of them")
      .description(
        "Queues a job again that failed for good, with all its attempts. With --all every failed job; that asks first.",
      )
      .addArgument(stackArgument())
      .addArgument(new Argument("[id]", "id of the job, as jobs list prints it").argParser(jobId))
      .option("--all", "every job that has failed by now")
      .addOption(yesOption())
      .addOption(jsonOption())
      .action(
        async (
          stack: string,
          id: string | undefined,
          { all = false, yes = false, json = false }: { all?: boolean; yes?: boolean; json?: boolean },
          command: Command,
        ) => {
          if (all === (id !== undefined))
            command.error("error: write either the id of a job or --all", { exitCode: 2 });
          const { retryJobs } = await import("../operations/jobs");
          await retryJobs(stack, { id, yes, json });
        },
      ),
    "./backline jobs retry staging 3f1c9a52-6a0e-4f0e-9a53-0d4a0f8a1100",
    "./backline jobs retry staging --all --yes",
  );
}
