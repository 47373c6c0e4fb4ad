import type { Command } from "commander";
import type { Way } from "../../toolchain";
import { examples, jsonOption, stackArgument, toolchainOption, verboseOption, yesOption } from "./options";

export interface UpOptions {
  yes?: boolean;
  json?: boolean;
  verbose?: boolean;
  toolchain?: Way;
}

export function addUp(program: Command): void {
  upOptions(
    program
      .command("up")
      .summary("deploy a stack, installing what is missing")
      .description(
        "Checks the stack, says what it will install (Pulumi and its plugins, Docker Engine, images) and asks, deploys, and prints what runs and where. A second run changes nothing. A release that a rollback holds the stack at stays.",
      )
      .addArgument(stackArgument()),
    "./backline up dev",
    "./backline up staging --yes",
  ).action((stack: string, options: UpOptions) => runUp(stack, options, "held"));
}

/** What every command has that ends with what runs. */
export function upOptions(command: Command, ...lines: readonly string[]): Command {
  return examples(
    command
      .addOption(yesOption())
      .addOption(jsonOption())
      .addOption(toolchainOption())
      .addOption(verboseOption()),
    ...lines,
  );
}

export async function runUp(
  stack: string,
  { yes = false, json = false, verbose, toolchain }: UpOptions,
  release: "held" | "sources",
): Promise<void> {
  const { up } = await import("../operations/up");
  const { printStatus } = await import("../operations/show-status");
  const { projectRoot } = await import("../operations/project");
  printStatus(await up({ root: projectRoot, stack, yes, release, verbose, forced: toolchain }), json);
}
