import type { Command } from "commander";
import { addHostApply } from "./host-apply";
import { addHostCheck } from "./host-check";
import { addHostPlan } from "./host-plan";
import { addHostSandbox } from "./host-sandbox";
import { addHostTrust } from "./host-trust";
import { examples } from "./options";

/** Commands about the machines that stacks run on. */
export function addHost(program: Command): void {
  const group = program
    .command("host")
    .summary("work with the machines that stacks run on")
    .description("Works with the machines that stacks run on.")
    .helpCommand("help [command]", "explain a command");
  addHostPlan(group);
  addHostTrust(group);
  addHostCheck(group);
  addHostApply(group);
  addHostSandbox(group);
  examples(
    group,
    "./backline host trust staging",
    "./backline host check staging",
    "./backline host sandbox start",
  );
}
