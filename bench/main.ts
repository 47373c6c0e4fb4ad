import { Argument, Command, InvalidArgumentError } from "commander";
import { measureHost } from "./host";
import { table } from "./measure";
import { measureRollout } from "./rollout";
import { measureServices, type Part, parts } from "./services";
import { measureStack, type StackPart, stackParts } from "./stack";

const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("write a whole number from 1 on");
  return value;
};

await new Command("bench")
  .description("Measures Backline on this machine and prints a table.")
  .addCommand(
    new Command("host")
      .description(
        "Provisions blank hosts in containers, checks one without drift, and deploys to it a second time. Takes some minutes.",
      )
      .option("--runs <number>", "runs of each, whose median counts", count, 3)
      .action(async ({ runs }: { runs: number }) => {
        process.stdout.write(table(await measureHost(runs)));
      }),
  )
  .addCommand(
    new Command("services")
      .description(
        "Drives the API, the WebSocket server and the worker beside the bare libraries that they are made of. Takes some minutes.",
      )
      .addArgument(new Argument("[parts...]", "what to measure").choices(parts).default(parts, "everything"))
      .option("--runs <number>", "runs of each, whose median counts", count, 7)
      .option("--profiles <folder>", "write CPU profiles of the processes there")
      .action(async (chosen: Part[], options: { runs: number; profiles?: string }) => {
        process.stdout.write(table(await measureServices(chosen, options)));
      }),
  )
  .addCommand(
    new Command("rollout")
      .description(
        "Deploys new versions of a stack on this machine under load, and compares its proxy with the service behind it. Takes some minutes.",
      )
      .option("--runs <number>", "runs of each, whose median counts", count, 3)
      .action(async ({ runs }: { runs: number }) => {
        process.stdout.write(table(await measureRollout(runs)));
      }),
  )
  .addCommand(
    new Command("stack")
      .description(
        "Deploys a stack like `dev` on this machine, with ports of its own, and compares runs that change nothing with an empty Pulumi program and with programs of 60, 200 and 600 resources; also the memory of the idle stack, and `check`. Takes about 20 minutes.",
      )
      .addArgument(
        new Argument("[parts...]", "what to measure").choices(stackParts).default(stackParts, "everything"),
      )
      .option("--runs <number>", "runs of each, whose median counts", count, 3)
      .action(async (chosen: StackPart[], { runs }: { runs: number }) => {
        process.stdout.write(table(await measureStack(chosen, runs)));
      }),
  )
  .addHelpText(
    "after",
    "\nExamples:\n  npm run bench -- host\n  npm run bench -- host --runs 5\n  npm run bench -- services jobs fan-out\n  npm run bench -- rollout\n  npm run bench -- stack\n  npm run bench -- stack unchanged memory",
  )
  .parseAsync();
