import type { Command } from "commander";
import type { Way } from "../../toolchain";
import { examples, jsonOption, stackArgument, toolchainOption, verboseOption, yesOption } from "./options";

interface UpOptions {
  yes?: boolean;
  json?: boolean;
  verbose?: boolean;
  toolchain?: Way;
}

export function addUp(program: Command): void {
  examples(
    program
      .command("up")
      .summary("deploy a stack, installing what is missing")
      .description(
        "Checks the stack, says what it will install (Pulumi and its plugins, Docker Engine, images) and asks, deploys, and prints what runs and where. A second run changes nothing.",
      )
      .addArgument(stackArgument())
      .addOption(yesOption())
      .addOption(jsonOption())
      .addOption(toolchainOption())
      .addOption(verboseOption())
      .action(async (stack: string, { yes = false, json = false, verbose, toolchain }: UpOptions) => {
        const { up } = await import("../operations/up");
        const { renderStatus } = await import("../operations/status");
        const { print, printJson } = await import("../operations/say");
        const { projectRoot } = await import("../operations/project");
        const status = await up({ root: projectRoot, stack, yes, verbose, forced: toolchain });
        if (json) printJson(status);
        else print(renderStatus(status));
      }),
    "./backline up dev",
    "./backline up staging --yes",
  );
}
