import { say } from "../../scripts/operations/say";
import { type Measurement, seconds } from "../measure";
import type { DeployedStack } from "./deployed-stack";
import { UnchangedRuns } from "./engine-runs";
import { plainProgram } from "./plain-program";
import { allowedMilliseconds, allowedRatio, allowedSeconds } from "./slope";

const allowedWords = `${allowedRatio} times the empty program's and ${allowedMilliseconds} ms a resource`;

/** An update and a preview of the stack that change nothing, beside those of a program without resources, in turn. */
export async function measureUnchanged(stack: DeployedStack, runs: number): Promise<Measurement[]> {
  const session = await stack.session();
  const program = await plainProgram("empty", session.toolchain);
  try {
    const own = new UnchangedRuns(session);
    const empty = new UnchangedRuns(program.session);
    const whole: number[] = [];
    for (const one of [own, empty]) await one.prepare();
    for (let run = 1; run <= runs; run += 1) {
      say(`changing nothing, ${run} of ${runs}`);
      await empty.measure();
      await own.measure();
      whole.push(await seconds(() => stack.up()));
    }
    const what = `that changes nothing of ${own.resources} resources`;
    const allowed = { what: `allowed: ${allowedWords}` };
    const limits = empty.up.map((one) => allowedSeconds(one, own.resources));
    return [
      {
        what: `\`pulumi up\` of AudiFi ${what}`,
        runs: own.up,
        beside: { what: "of an empty program", runs: empty.up },
      },
      { what: "the same", runs: own.up, beside: { ...allowed, runs: limits } },
      {
        what: `\`pulumi preview\` ${what}`,
        runs: own.preview,
        beside: { what: "of an empty program", runs: empty.preview },
      },
      {
        what: `\`./backline up\` ${what}`,
        runs: whole,
        beside: { what: "its part that is `pulumi up`", runs: own.up },
      },
    ];
  } finally {
    program.remove();
  }
}
