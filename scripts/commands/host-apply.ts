import type { Command } from "commander";
import { examples, stackArgument, yesOption } from "./options";

export function addHostApply(group: Command): void {
  examples(
    group
      .command("apply")
      .summary("give a stack's host every step again")
      .description(
        "Applies every step to the host, also those that up would leave alone because their settings have not changed: for a host that was changed by hand, or made anew. Says what differs, and asks. Steps that could lock you out are taken back by the host itself unless a new connection confirms them.",
      )
      .addArgument(stackArgument())
      .addOption(yesOption())
      .action(async (stack: string, { yes = false }: { yes?: boolean }) => {
        const { applyHost } = await import("../operations/host-apply");
        const { projectRoot: root } = await import("../operations/project");
        await applyHost({ root, stack, yes });
      }),
    "./backline host apply staging",
    "./backline host apply staging --yes",
  );
}
