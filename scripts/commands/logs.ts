import { type Command, InvalidArgumentError } from "commander";
import { examples, stackArgument } from "./options";

interface LogsOptions {
  follow?: boolean;
  tail: string;
  since?: string;
  timestamps?: boolean;
}

function lineCount(text: string): string {
  if (text !== "all" && !/^\d+$/.test(text))
    throw new InvalidArgumentError('Write a number of lines or "all".');
  return text;
}

export function addLogs(program: Command): void {
  examples(
    program
      .command("logs")
      .summary("print what the containers log")
      .description(
        "Prints the logs of every replica of a service, or of all services, each line behind its container.",
      )
      .addArgument(stackArgument())
      .argument("[service]", "name of the service, such as api; default all")
      .option("-f, --follow", "go on printing until interrupted")
      .option("-n, --tail <lines>", 'lines from the end of each log, or "all"', lineCount, "100")
      .option("--since <time>", "only what is newer: 10m, 2h, or a time such as 2030-01-31T12:00:00")
      .option("-t, --timestamps", "print Docker's time before each line")
      .action(async (stack: string, service: string | undefined, options: LogsOptions) => {
        const { logs } = await import("../operations/logs");
        const { checkStack } = await import("../operations/check-stack");
        const { reach } = await import("../operations/reach");
        const { projectRoot } = await import("../operations/project");
        const { settings } = checkStack(projectRoot, stack, { missing: "warn" });
        await logs(await reach(settings), { ...options, service });
      }),
    "./backline logs dev",
    "./backline logs dev api --follow --since 10m",
  );
}
