import type { Command } from "commander";
import type { Way } from "../../toolchain";
import { examples, jsonOption, stackArgument, toolchainOption, verboseOption } from "./options";

interface PreviewOptions {
  json?: boolean;
  diff?: boolean;
  verbose?: boolean;
  toolchain?: Way;
}

export function addPreview(program: Command): void {
  examples(
    program
      .command("preview")
      .summary("show what up would do")
      .description(
        "Shows what up would change, and changes nothing. A stack that this machine does not know is previewed from nothing: without its secrets, and without reaching a host or vendor.",
      )
      .addArgument(stackArgument())
      .option("--diff", "show every property that changes")
      .addOption(jsonOption())
      .addOption(toolchainOption())
      .addOption(verboseOption())
      .action(async (stack: string, { json = false, diff, verbose, toolchain }: PreviewOptions) => {
        const { preview } = await import("../operations/preview");
        const { projectRoot } = await import("../operations/project");
        await preview({ root: projectRoot, stack, json, diff, verbose, forced: toolchain });
      }),
    "./backline preview production",
    "./backline preview dev --diff",
    "./backline preview staging --json",
  );
}
