import { describe, expect, it } from "vitest";
import { countTests, renderSummary } from "../../../../scripts/operations/test/summary";

const report = (passed: number, failed: number, pending = 0, files: unknown[] = []) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: pending,
  numTodoTests: 0,
  testResults: files,
});

describe("counts of a tier", () => {
  it("are those of the report", () => {
    expect(countTests(report(3, 0), 0)).toEqual({ passed: 3, failed: 0, skipped: 0 });
    expect(countTests(report(3, 2, 1), 1)).toEqual({ passed: 3, failed: 2, skipped: 1 });
  });

  it("have a failure for each file that could not be loaded", () => {
    const files = [
      { status: "failed", assertionResults: [] },
      { status: "failed", assertionResults: [{ status: "failed" }] },
      { status: "passed", assertionResults: [{ status: "passed" }] },
    ];
    expect(countTests(report(1, 1, 0, files), 1)).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });

  it("have a failure where the run failed outside of its tests", () => {
    expect(countTests(report(3, 0), 1)).toEqual({
      passed: 3,
      failed: 1,
      skipped: 0,
      remark: "failed outside of its tests",
    });
  });

  it("have a failure where there was no test", () => {
    expect(countTests(report(0, 0), 0)).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
      remark: "has no tests",
    });
  });

  it.each([undefined, null, {}])("have a failure where there is no report but %s", (json) => {
    expect(countTests(json, 0)).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
      remark: "crashed without a report",
    });
  });
});

describe("the summary", () => {
  const unit = { name: "unit", passed: 10, failed: 0, skipped: 0, seconds: 1.26 };

  it("ends with the counts of all steps", () => {
    const e2e = { name: "e2e", passed: 1, failed: 2, skipped: 0, seconds: 100, remark: "crashed" };
    expect(renderSummary([unit, e2e])).toBe(
      [
        "STEP  PASSED  FAILED  SKIPPED  SECONDS",
        "unit  10      0       0        1.3",
        "e2e   1       2       0        100.0    crashed",
        "",
        "11 passed, 2 failed",
        "",
      ].join("\n"),
    );
  });

  it("tells of skipped tests where there are some", () => {
    expect(
      renderSummary([{ ...unit, skipped: 3 }])
        .trimEnd()
        .split("\n")
        .at(-1),
    ).toBe("10 passed, 0 failed, 3 skipped");
  });
});
