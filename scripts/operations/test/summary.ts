import { z } from "zod";
import { table } from "../table";

/** What one step of the tests came to. */
export interface StepResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** Why it counts as failed beyond its own tests. */
  readonly remark?: string;
}

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number().default(0),
  testResults: z.array(
    z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
});

export type Counts = Omit<StepResult, "name" | "seconds">;

/**
 * Counts from the report that vitest writes. A file that could not be loaded, a run that crashed, and a tier without
 * any test count as failures.
 */
export function countTests(json: unknown, exitCode: number | undefined): Counts {
  const parsed = report.safeParse(json);
  if (!parsed.success) return { passed: 0, failed: 1, skipped: 0, remark: "crashed without a report" };
  const { numPassedTests: passed, numPendingTests, numTodoTests, testResults } = parsed.data;
  const skipped = numPendingTests + numTodoTests;
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failed = parsed.data.numFailedTests + broken;
  if (failed > 0) return { passed, failed, skipped };
  if (exitCode !== 0) return { passed, failed: 1, skipped, remark: "failed outside of its tests" };
  return passed + skipped === 0
    ? { passed, failed: 1, skipped, remark: "has no tests" }
    : { passed, failed, skipped };
}

/** The table by step, and the line that counts everything. */
export function renderSummary(results: readonly StepResult[]): string {
  const rows = results.map(({ name, passed, failed, skipped, seconds, remark }) => [
    name,
    String(passed),
    String(failed),
    String(skipped),
    seconds.toFixed(1),
    remark ?? "",
  ]);
  const sum = (of: (result: StepResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  const skipped = sum((result) => result.skipped);
  const last = `${sum((result) => result.passed)} passed, ${sum((result) => result.failed)} failed`;
  return `${table(["STEP", "PASSED", "FAILED", "SKIPPED", "SECONDS", ""], rows)}\n${last}${skipped === 0 ? "" : `, ${skipped} skipped`}\n`;
}
