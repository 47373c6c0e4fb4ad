import type { Command } from "commander";
import { addHostPlan } from "./host-plan";
import { examples } from "./options";

/** The group of commands about the machine that containers run on. */
export function addHost(program: Command): void {
  const group = program
    .command("host")
    .summary("what a host will be given")
    .description("About the machine that runs a stack's containers.");
  addHostPlan(group);
  examples(group, "./backline host plan staging");
}
