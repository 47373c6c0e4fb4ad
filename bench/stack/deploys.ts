import { say } from "../../scripts/operations/say";
import { type Measurement, seconds } from "../measure";
import type { DeployedStack } from "./deployed-stack";

/**
 * Deploys of a stack of which nothing is there, and of one that was destroyed and has kept its data. Tools, npm packages
 * and third-party images are on the machine. Leaves the stack deployed.
 */
export async function measureDeploys(stack: DeployedStack, runs: number): Promise<Measurement[]> {
  const cold: number[] = [];
  const warm: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    say(`deploying a stack of which nothing is there, ${run} of ${runs}`);
    await stack.prepare();
    cold.push(await seconds(() => stack.up()));
    say(`deploying it again after a destroy, ${run} of ${runs}`);
    await stack.run("destroy", "--yes");
    warm.push(await seconds(() => stack.up()));
  }
  return [
    {
      what: "`./backline up` of AudiFi of which nothing is there; tools and third-party images are",
      runs: cold,
      beside: { what: "again after `destroy`, which keeps the data", runs: warm },
    },
  ];
}
