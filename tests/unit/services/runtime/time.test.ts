import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { within } from "../../../../services/runtime/time";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("work that is done in time is answered, and nothing waits for the limit", async () => {
  expect(await within(1_000, Promise.resolve("done"), "late")).toBe("done");
  expect(vi.getTimerCount()).toBe(0);
});

it.each([["late"], [new RangeError("late")]])(
  "work that is late fails with what is given: %s",
  async (late) => {
    const work = within(1_000, new Promise(() => undefined), late);
    const failed = expect(work).rejects.toThrow(late instanceof Error ? RangeError : new Error("late"));
    await vi.advanceTimersByTimeAsync(1_000);
    await failed;
  },
);
