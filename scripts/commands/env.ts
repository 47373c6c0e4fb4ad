import type { Command } from "commander";
import type { Way } from "../../toolchain";
import { examples, stackArgument, toolchainOption } from "./options";

export function addEnv(program: Command): void {
  examples(
    program
      .command("env")
      .summary("print what a shell needs for plain pulumi")
      .description(
        "Prints exports for a POSIX shell, and nothing else, on standard output: afterwards plain pulumi in the project's root works on the same stack with the same tools, state and passphrase.",
      )
      .addArgument(stackArgument())
      .addOption(toolchainOption())
      .action(async (stack: string, { toolchain }: { toolchain?: Way }) => {
        const { openKnownStack } = await import("../operations/session");
        const { renderExports } = await import("../operations/environment");
        const { projectRoot } = await import("../operations/project");
        const session = await openKnownStack({ root: projectRoot, stack, forced: toolchain });
        process.stdout.write(renderExports(session.exports));
      }),
    'eval "$(./backline env dev)" && pulumi preview',
  );
}
