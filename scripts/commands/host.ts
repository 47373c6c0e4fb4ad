import type { Command } from "commander";
import { addHostPlan } from "./host-plan";
import { addHostSandbox } from "./host-sandbox";
import { examples } from "./options";

/** Commands about the machines that stacks run on. */
export function addHost(program: Command): void {
  const group = program
    .command("host")
    .summary("work with the machines that stacks run on")
    .description("Works with the machines that stacks run on.")
    .helpCommand("help [command]", "explain a command");
  addHostPlan(group);
  addHostSandbox(group);
  examples(group, "./backline host plan staging", "./backline host sandbox start");
}
