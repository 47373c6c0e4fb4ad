import type { Command } from "commander";
import type { Way } from "../../toolchain";
import type { DriftOptions as Operation } from "../operations/drift";
import { examples, formatOption, jsonOption, stackArgument, toolchainOption, verboseOption } from "./options";

interface DriftOptions {
  format: Operation["format"];
  json?: boolean;
  verbose?: boolean;
  toolchain?: Way;
}

export function addDrift(program: Command): void {
  examples(
    program
      .command("drift")
      .summary("list what differs from what was deployed")
      .description(
        "Compares what really runs, and how the host is, with what was deployed, and changes nothing. Exit code 0: nothing differs; 1: something does, or it could not be looked at.",
      )
      .addArgument(stackArgument())
      .addOption(formatOption("text; markdown, as the text of an issue; or json"))
      .addOption(jsonOption())
      .addOption(toolchainOption())
      .addOption(verboseOption())
      .action(async (stack: string, { format, json, verbose, toolchain }: DriftOptions) => {
        const { showDrift } = await import("../operations/drift");
        const { projectRoot } = await import("../operations/project");
        await showDrift({
          root: projectRoot,
          stack,
          format: json ? "json" : format,
          verbose,
          forced: toolchain,
        });
      }),
    "./backline drift production",
    "./backline drift staging --format markdown > issue.md",
  );
}
