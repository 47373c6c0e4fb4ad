import type { Command } from "commander";
import { examples, jsonOption, stackArgument } from "./options";

export function addHostPlan(group: Command): void {
  examples(
    group
      .command("plan")
      .summary("show what the host of a stack will be given")
      .description(
        "Shows every step of making a blank host a hardened one: files with their content, commands, how each is checked and taken back. Connects to nothing and changes nothing; applying it is not there yet.",
      )
      .addArgument(stackArgument())
      .addOption(jsonOption())
      .action(async (stack: string, { json = false }: { json?: boolean }) => {
        const { showHostPlan } = await import("../operations/host-plan");
        showHostPlan(stack, json);
      }),
    "./backline host plan staging",
    "./backline host plan staging --json",
  );
}
