import type { Command } from "commander";
import { examples, jsonOption, stackArgument } from "./options";

export function addCheck(program: Command): void {
  examples(
    program
      .command("check")
      .summary("check a stack's file, all mistakes at once")
      .description(
        "Checks Pulumi.<stack>.yaml without touching anything. Ends with exit code 2 if something is wrong, and names all of it.",
      )
      .addArgument(stackArgument())
      .addOption(jsonOption())
      .action(async (stack: string, { json = false }: { json?: boolean }) => {
        const { check } = await import("../operations/check");
        check(stack, json);
      }),
    "./backline check staging",
    "./backline check staging --json",
  );
}
