import { projectRoot } from "../scripts/operations/project";
import { openSession } from "../scripts/operations/session";
import type { Toolchain } from "../toolchain";
import type { Measurement } from "./measure";
import { measureCheck } from "./stack/check";
import { DeployedStack } from "./stack/deployed-stack";
import { measureDeploys } from "./stack/deploys";
import { measureIdle } from "./stack/idle";
import { measureSizes } from "./stack/sizes";
import { measureUnchanged } from "./stack/unchanged";

/** Parts that can be measured alone. */
export const stackParts = ["deploy", "unchanged", "resources", "memory", "check"] as const;
export type StackPart = (typeof stackParts)[number];

const bareToolchain = async (): Promise<Toolchain> =>
  (await openSession({ root: projectRoot, stack: "bench-stack" })).toolchain;

/** A stack like `dev` on this machine's Docker: how long its commands take, and the memory that it needs. */
export async function measureStack(chosen: readonly StackPart[], runs: number): Promise<Measurement[]> {
  const stack = new DeployedStack();
  const wants = (part: StackPart): boolean => chosen.includes(part);
  const measurements: Measurement[] = [];
  try {
    if (wants("deploy")) measurements.push(...(await measureDeploys(stack, runs)));
    else if (chosen.some((part) => part !== "resources")) await stack.deploy();
    if (wants("unchanged")) measurements.push(...(await measureUnchanged(stack, runs)));
    if (wants("resources")) measurements.push(...(await measureSizes(await bareToolchain(), runs)));
    if (wants("check")) measurements.push(await measureCheck(stack, runs));
    if (wants("memory")) measurements.push(...(await measureIdle(stack, runs)));
    return measurements;
  } finally {
    await stack.remove();
  }
}
