import type { Command } from "commander";
import type { Way } from "../../toolchain";
import { examples, stackArgument, toolchainOption, verboseOption, yesOption } from "./options";

interface DestroyOptions {
  yes?: boolean;
  deleteData?: boolean;
  verbose?: boolean;
  toolchain?: Way;
}

export function addDestroy(program: Command): void {
  examples(
    program
      .command("destroy")
      .summary("remove what a stack runs; its data only with --delete-data")
      .description(
        "Removes every container, network and image that the stack has made. The data volumes stay, and the next up finds them again, unless --delete-data is given.",
      )
      .addArgument(stackArgument())
      .option("--delete-data", "remove the data volumes too, for good")
      .addOption(yesOption())
      .addOption(toolchainOption())
      .addOption(verboseOption())
      .action(
        async (stack: string, { yes = false, deleteData = false, verbose, toolchain }: DestroyOptions) => {
          const { destroy } = await import("../operations/destroy");
          const { projectRoot } = await import("../operations/project");
          await destroy({ root: projectRoot, stack, yes, deleteData, verbose, forced: toolchain });
        },
      ),
    "./backline destroy dev",
    "./backline destroy dev --yes --delete-data",
  );
}
