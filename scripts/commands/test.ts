import { type Command, InvalidArgumentError } from "commander";
import type { Way } from "../../toolchain";
import { type TierName, tierNames } from "../operations/test/tiers";
import { examples, toolchainOption, verboseOption } from "./options";

interface TestOptions {
  tier?: TierName[];
  verbose?: boolean;
  toolchain?: Way;
}

function tiers(text: string): TierName[] {
  return text.split(",").map((name) => {
    const known = tierNames.find((tier) => tier === name.trim());
    if (known === undefined) throw new InvalidArgumentError(`Write some of ${tierNames.join(",")}.`);
    return known;
  });
}

export function addTest(program: Command): void {
  examples(
    program
      .command("test")
      .summary("run lint, types, import rules and all tests")
      .description(
        "Installs what the tests need, as up --yes does, and runs everything. The last line counts what passed and failed.",
      )
      .option("--tier <names>", `only these, with commas between: ${tierNames.join(",")}`, tiers)
      .addOption(toolchainOption())
      .addOption(verboseOption())
      .action(async ({ tier, verbose = false, toolchain }: TestOptions) => {
        const { runTests } = await import("../operations/test/run");
        await runTests({ tiers: tier ?? tierNames, verbose, forced: toolchain });
      }),
    "./backline test",
    "./backline test --tier unit,golden",
  );
}
