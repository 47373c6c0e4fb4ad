import { Argument, type Command } from "commander";
import { stackArgument } from "./options";
import { type UpOptions, upOptions } from "./up";

export function addRollback(program: Command): void {
  upOptions(
    program
      .command("rollback")
      .summary("go back to a release whose images are on the host")
      .description(
        "Brings back the last good release before the one that serves, or after an update that failed the one that serves, or the one that is named, through the same checks as any other update. Nothing is built. The stack's file then holds that release until the next deploy. Refused for a release that does not run on the database any more, or whose images are gone.",
      )
      .addArgument(stackArgument())
      .addArgument(new Argument("[release]", "id of a release, as releases prints it")),
    "./backline rollback staging",
    "./backline rollback staging 3f9c2a11 --yes",
  ).action(
    async (
      stack: string,
      release: string | undefined,
      { yes = false, json = false, verbose, toolchain }: UpOptions,
    ) => {
      const { rollback } = await import("../operations/rollback");
      const { printStatus } = await import("../operations/show-status");
      const { projectRoot } = await import("../operations/project");
      printStatus(
        await rollback({ root: projectRoot, stack, release, yes, verbose, forced: toolchain }),
        json,
      );
    },
  );
}
