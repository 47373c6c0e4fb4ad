import { type Command, Option } from "commander";
import { type DistributionName, distributionNames } from "../../components/host/distribution";
import { examples, jsonOption, stackArgument } from "./options";

interface PlanOptions {
  distribution: DistributionName;
  json?: boolean;
}

export function addHostPlan(group: Command): void {
  examples(
    group
      .command("plan")
      .summary("show what the host of a stack is given")
      .description(
        "Shows every step of making a blank host a hardened one: files with their content, commands, how each is checked and taken back. Connects to nothing and changes nothing. The host itself decides which distribution's part it takes.",
      )
      .addArgument(stackArgument())
      .addOption(
        new Option("--distribution <name>", "which distribution's part to show")
          .choices(distributionNames)
          .default("ubuntu-24.04"),
      )
      .addOption(jsonOption())
      .action(async (stack: string, { distribution, json = false }: PlanOptions) => {
        const { showHostPlan } = await import("../operations/host-plan");
        showHostPlan(stack, distribution, json);
      }),
    "./backline host plan staging",
    "./backline host plan staging --distribution debian-12",
    "./backline host plan staging --json",
  );
}
