import type { Command } from "commander";
import type { Way } from "../../toolchain";
import { examples, jsonOption, stackArgument, toolchainOption } from "./options";

export function addReleases(program: Command): void {
  examples(
    program
      .command("releases")
      .summary("print the good releases of a stack, newest first")
      .description(
        "Prints each release with the time, who made it, the services that changed and its last migration, and says which one serves and which have their images on the host still, so that a rollback can bring them back. The last twenty are remembered, the images of the last five kept.",
      )
      .addArgument(stackArgument())
      .addOption(jsonOption())
      .addOption(toolchainOption())
      .action(async (stack: string, { json = false, toolchain }: { json?: boolean; toolchain?: Way }) => {
        const { printReleases } = await import("../operations/releases");
        await printReleases(stack, json, toolchain);
      }),
    "./backline releases staging",
    "./backline releases staging --json",
  );
}
