import { describe, expect, it } from "vitest";
import { failureOf, priorityOf, toState } from "../../../../services/runtime/job-status";

describe("a job's state", () => {
  it.each([
    ["active", "active"],
    ["completed", "completed"],
    ["failed", "failed"],
    ["waiting", "queued"],
    ["prioritized", "queued"],
    ["delayed", "queued"],
    ["unknown", undefined],
  ])("that BullMQ calls %s is %s", (bull, state) => {
    expect(toState(bull, false)).toBe(state);
    expect(toState(bull, true)).toBe(state === undefined ? undefined : "cancelled");
  });

  it("comes with the priority's name", () => {
    expect([1, 2, 3, 0, undefined].map(priorityOf)).toEqual(["high", "normal", "low", "normal", "normal"]);
  });

  it("says why a job failed whose workers died", () => {
    expect(failureOf({ failedReason: "job stalled more than allowable limit" })).toBe(
      "Every worker that ran the job ended before it did.",
    );
    expect(failureOf({ failedReason: "There is no room x." })).toBe("There is no room x.");
  });
});
