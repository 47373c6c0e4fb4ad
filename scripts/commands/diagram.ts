import type { Command } from "commander";
import type { Way } from "../../toolchain";
import { examples, jsonOption, stackArgument, toolchainOption } from "./options";

export function addDiagram(program: Command): void {
  examples(
    program
      .command("diagram")
      .summary("draw a stack as a Mermaid flowchart")
      .description(
        "Prints who asks whom, on which port, and how often each part runs, as a Mermaid flowchart, which GitHub and many editors draw. Of a stack that runs, as it was deployed; of another one, as it is described.",
      )
      .addArgument(stackArgument())
      .addOption(jsonOption())
      .addOption(toolchainOption())
      .action(async (stack: string, { json = false, toolchain }: { json?: boolean; toolchain?: Way }) => {
        const { showDiagram } = await import("../operations/diagram");
        const { projectRoot } = await import("../operations/project");
        await showDiagram({ root: projectRoot, stack, json, forced: toolchain });
      }),
    "./backline diagram production",
    "./backline diagram dev > dev.mmd",
  );
}
