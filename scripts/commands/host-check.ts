import type { Command } from "commander";
import { examples, jsonOption, stackArgument } from "./options";

export function addHostCheck(group: Command): void {
  examples(
    group
      .command("check")
      .summary("print how a stack's host differs from its file; exit code 1 if it does")
      .description(
        "Signs in, looks at every step that the host was given, and changes nothing. Ends with exit code 1 if something differs, or if the host cannot be reached.",
      )
      .addArgument(stackArgument())
      .addOption(jsonOption())
      .action(async (stack: string, { json = false }: { json?: boolean }) => {
        const { showHostCheck } = await import("../operations/host-check");
        await showHostCheck(stack, json);
      }),
    "./backline host check staging",
    "./backline host check staging --json",
  );
}
