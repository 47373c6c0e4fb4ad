import { performance } from "node:perf_hooks";

/** Something that is measured beside something that it is compared with, in the same run. */
export interface Measurement {
  readonly what: string;
  /** Of `runs` and what is beside them; seconds when left out. */
  readonly unit?: string;
  /** A figure of each run. */
  readonly runs: readonly number[];
  /** What it is compared with: the same number of runs, or one figure. */
  readonly beside: { readonly what: string; readonly runs: readonly number[] };
}

/** Seconds that `work` takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

/** Figures from 10 on with one digit after the point and from 1000 on with none, below 10 with two. */
const figure = (value: number): string => value.toFixed(value >= 1_000 ? 0 : value >= 10 ? 1 : 2);

/** What was measured once, or is no measurement but a limit, has no spread. */
const spread = (runs: readonly number[], unit: string): string =>
  runs.length === 1
    ? `${figure(median(runs))} ${unit}`
    : `${figure(median(runs))} ${unit} (${runs.length} runs, ${figure(Math.min(...runs))} to ${figure(Math.max(...runs))})`;

/** A table for the README. */
export function table(measurements: readonly Measurement[]): string {
  const rows = measurements.map(
    ({ what, unit = "s", runs, beside }) =>
      `| ${what} | ${spread(runs, unit)} | ${beside.what}: ${spread(beside.runs, unit)} | ${figure(median(runs) / median(beside.runs))} |`,
  );
  return ["| what | median | beside it | ratio |", "| --- | --- | --- | --- |", ...rows, ""].join("\n");
}
