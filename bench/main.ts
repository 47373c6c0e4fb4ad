import { Command, InvalidArgumentError } from "commander";
import { measureHost } from "./host";
import { table } from "./measure";

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
  .addHelpText("after", "\nExamples:\n  npm run bench -- host\n  npm run bench -- host --runs 5")
  .parseAsync();
