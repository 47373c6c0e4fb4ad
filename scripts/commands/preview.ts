import type { Command } from "commander";
import type { Way } from "../../toolchain";
import type { PreviewFormat } from "../operations/preview";
import { examples, formatOption, jsonOption, stackArgument, toolchainOption, verboseOption } from "./options";

interface PreviewOptions {
  format: PreviewFormat;
  json?: boolean;
  summary?: boolean;
  verbose?: boolean;
  toolchain?: Way;
}

export function addPreview(program: Command): void {
  examples(
    program
      .command("preview")
      .summary("show what up would do")
      .description(
        "Shows what up would change, with the inputs of every resource, and changes nothing. A stack that this machine does not know is previewed from nothing: without its secrets, and without reaching a host or vendor.",
      )
      .addArgument(stackArgument())
      .option("--summary", "one line for each resource, without its inputs")
      .addOption(
        formatOption(
          "text, as Pulumi shows it; markdown, as a comment on a pull request; or json, with every resource",
        ),
      )
      .addOption(jsonOption())
      .addOption(toolchainOption())
      .addOption(verboseOption())
      .action(async (stack: string, { format, json, summary, verbose, toolchain }: PreviewOptions) => {
        const { preview } = await import("../operations/preview");
        const { projectRoot } = await import("../operations/project");
        await preview({
          root: projectRoot,
          stack,
          format: json ? "json" : format,
          summary,
          verbose,
          forced: toolchain,
        });
      }),
    "./backline preview production",
    "./backline preview dev --summary",
    "./backline preview staging --format markdown > comment.md",
    "./backline preview staging --json",
  );
}
