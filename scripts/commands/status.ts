import type { Command } from "commander";
import type { Way } from "../../toolchain";
import { examples, jsonOption, stackArgument, toolchainOption } from "./options";

export function addStatus(program: Command): void {
  examples(
    program
      .command("status")
      .summary("print what runs and how it is; exit code 1 if something is not healthy")
      .description(
        "Prints each container with its state, health and limits, and the addresses with the certificates that are served there. Beside them is what an update that failed has left, and a warning where a certificate was not renewed or ends soon. Ends with exit code 1 if a container is missing, stopped or not healthy, or a site has no certificate or one that has ended.",
      )
      .addArgument(stackArgument())
      .addOption(jsonOption())
      .addOption(toolchainOption())
      .action(async (stack: string, { json = false, toolchain }: { json?: boolean; toolchain?: Way }) => {
        const { status } = await import("../operations/show-status");
        await status(stack, json, toolchain);
      }),
    "./backline status dev",
    "./backline status staging --json",
  );
}
