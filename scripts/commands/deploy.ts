import type { Command } from "commander";
import { stackArgument } from "./options";
import { runUp, upOptions } from "./up";

export function addDeploy(program: Command): void {
  upOptions(
    program
      .command("deploy")
      .summary("release what the sources are: up, after letting go of a release that is held")
      .description(
        "Does what up does, and also takes out of the stack's file the release that a rollback holds it at. Says which release that made and which services are new in it. If a replica fails its check, the release before serves on, and the last thing printed is which replica, which check, and the end of its log.",
      )
      .addArgument(stackArgument()),
    "./backline deploy staging",
    "./backline deploy staging --yes",
  ).action((stack: string, options) => runUp(stack, options, "sources"));
}
