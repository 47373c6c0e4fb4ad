import type { Command } from "commander";
import type { Way } from "../../toolchain";
import { examples, stackArgument, toolchainOption, verboseOption, yesOption } from "./options";

interface RefreshOptions {
  yes?: boolean;
  verbose?: boolean;
  toolchain?: Way;
}

export function addRefresh(program: Command): void {
  examples(
    program
      .command("refresh")
      .summary("make the state say what is really there")
      .description(
        "Looks at what really runs and writes it into the state. What was removed or changed by hand is then mended by the next up.",
      )
      .addArgument(stackArgument())
      .addOption(yesOption())
      .addOption(toolchainOption())
      .addOption(verboseOption())
      .action(async (stack: string, { yes = false, verbose, toolchain }: RefreshOptions) => {
        const { refresh } = await import("../operations/refresh");
        const { projectRoot } = await import("../operations/project");
        await refresh({ root: projectRoot, stack, yes, verbose, forced: toolchain });
      }),
    "./backline refresh dev --yes && ./backline up dev --yes",
  );
}
