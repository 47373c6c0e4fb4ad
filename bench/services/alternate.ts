import { median } from "../measure";
import { processorSeconds, type Running } from "./processes";

/** A process under load; `run` drives it for a while and tells how much it did in a second. */
export interface Contender {
  readonly process: Running;
  readonly run: () => Promise<number>;
}

/** Runs both in turn, so that what else the machine does falls on both. Says what either cost in processor time. */
export async function alternate(
  runs: number,
  ours: Contender,
  bare: Contender,
): Promise<{ runs: number[]; beside: number[] }> {
  const rates: Record<"ours" | "bare", number[]> = { ours: [], bare: [] };
  const costs: Record<"ours" | "bare", number[]> = { ours: [], bare: [] };
  // The first of each warms up.
  for (let run = -1; run < runs; run += 1)
    for (const [name, { process, run: drive }] of Object.entries({ ours, bare }) as [
      "ours" | "bare",
      Contender,
    ][]) {
      const [began, used] = [performance.now(), processorSeconds(process.pid)];
      const rate = await drive();
      if (run < 0) continue;
      rates[name].push(rate);
      const done = (rate * (performance.now() - began)) / 1_000;
      costs[name].push(((processorSeconds(process.pid) - used) / done) * 1_000_000);
    }
  const [own, other] = [median(costs.ours), median(costs.bare)];
  process.stderr.write(
    `  processor time of each: ${own.toFixed(1)} µs, bare ${other.toFixed(1)} µs, ${(own / other).toFixed(2)} times as much\n`,
  );
  return { runs: rates.ours, beside: rates.bare };
}
