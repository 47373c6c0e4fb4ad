import { execa } from "execa";
import { say } from "../../scripts/operations/say";
import { root } from "../../tests/support/backline";
import { type Measurement, seconds } from "../measure";
import type { DeployedStack } from "./deployed-stack";

/** `check` of the stack's file, beside the start of Node.js with the loader that runs TypeScript, and nothing else. */
export async function measureCheck(stack: DeployedStack, runs: number): Promise<Measurement> {
  say("checking the stack's file");
  const start = () => execa("node", ["--import", "tsx", "--eval", "0"], { cwd: root, stdin: "ignore" });
  const check: number[] = [];
  const bare: number[] = [];
  // The first of each warms up.
  for (let run = 0; run <= runs; run += 1) {
    const [one, other] = [await seconds(() => stack.run("check")), await seconds(start)];
    if (run === 0) continue;
    check.push(one);
    bare.push(other);
  }
  return {
    what: "`./backline check`",
    runs: check,
    beside: { what: "starting Node.js with `tsx`", runs: bare },
  };
}
