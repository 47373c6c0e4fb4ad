import { say } from "../../scripts/operations/say";
import type { Toolchain } from "../../toolchain";
import type { Measurement } from "../measure";
import { UnchangedRuns } from "./engine-runs";
import { plainProgram } from "./plain-program";
import { allowedMilliseconds, millisecondsPerResource } from "./slope";

/** How many resources the programs have. */
const sizes = [60, 200, 600] as const;

/** Updates and previews that change nothing of programs with more and more resources, in turn. */
export async function measureSizes(toolchain: Toolchain, runs: number): Promise<Measurement[]> {
  const programs = [await plainProgram("empty", toolchain)];
  try {
    for (const resources of sizes) programs.push(await plainProgram("commands", toolchain, { resources }));
    const [empty, small, middle, large] = programs.map(({ session }) => new UnchangedRuns(session));
    if (!empty || !small || !middle || !large) throw new Error("a program is missing");
    const all = [empty, small, middle, large];
    say(`making programs of ${sizes.join(", ")} resources`);
    for (const one of all) await one.prepare();
    for (let run = 1; run <= runs; run += 1) {
      say(`programs of ${sizes.join(", ")} resources, changing nothing, ${run} of ${runs}`);
      for (const one of all) await one.measure();
    }
    return (["up", "preview"] as const).flatMap((kind) => [
      ...[small, middle, large].map((one) => ({
        what: `\`pulumi ${kind}\` that changes nothing of ${one.resources} resources`,
        runs: one[kind],
        beside: { what: "of an empty program", runs: empty[kind] },
      })),
      ...slopes(kind, [small, middle, large]),
    ]);
  } finally {
    for (const program of programs) program.remove();
  }
}

function slopes(
  kind: "up" | "preview",
  [small, middle, large]: readonly [UnchangedRuns, UnchangedRuns, UnchangedRuns],
): Measurement[] {
  const between = (one: UnchangedRuns, other: UnchangedRuns): number[] =>
    one[kind].map((time, run) =>
      millisecondsPerResource(
        { resources: one.resources, seconds: time },
        { resources: other.resources, seconds: other[kind][run] ?? Number.NaN },
      ),
    );
  const range = (one: UnchangedRuns, other: UnchangedRuns): string =>
    `from ${one.resources} to ${other.resources}`;
  return [
    {
      what: `each further resource of them, ${range(middle, large)}`,
      unit: "ms",
      runs: between(middle, large),
      beside: { what: range(small, middle), runs: between(small, middle) },
    },
    {
      what: `the same, ${range(small, large)}`,
      unit: "ms",
      runs: between(small, large),
      beside: { what: "allowed", runs: [allowedMilliseconds] },
    },
  ];
}
