import type { Command } from "commander";
import type { Way } from "../../toolchain";
import { examples, jsonOption, stackArgument, toolchainOption } from "./options";

export function addOutputs(program: Command): void {
  examples(
    program
      .command("outputs")
      .summary("print what a stack publishes: addresses, certificate, containers")
      .description("Prints the outputs of the last up. Secrets are never shown.")
      .addArgument(stackArgument())
      .addOption(jsonOption())
      .addOption(toolchainOption())
      .action(async (stack: string, { json = false, toolchain }: { json?: boolean; toolchain?: Way }) => {
        const { readOutputs, renderOutputs } = await import("../operations/outputs");
        const { openKnownStack } = await import("../operations/session");
        const { print, printJson } = await import("../operations/say");
        const { projectRoot } = await import("../operations/project");
        const outputs = await readOutputs(
          await openKnownStack({ root: projectRoot, stack, forced: toolchain }),
        );
        if (json) printJson(outputs);
        else print(renderOutputs(outputs));
      }),
    "./backline outputs dev",
    "./backline outputs dev --json",
  );
}
