import { describe, expect, it } from "vitest";
import { Interruption, Interruptions } from "../../../../services/worker/interruption";

describe("an interruption", () => {
  it("aborts a signal that was made before, and one that is made after", () => {
    const before = new Interruption();
    const { signal } = before;
    expect([signal.aborted, before.aborted]).toEqual([false, false]);
    before.abort();
    expect([signal.aborted, before.aborted]).toEqual([true, true]);
    const after = new Interruption();
    after.abort();
    expect(after.signal.aborted).toBe(true);
    expect(after.signal).toBe(after.signal);
  });
});

describe("interruptions", () => {
  const never = () => new Promise<undefined>(() => undefined);

  it("reach the attempt that they name, or all", () => {
    const interruptions = new Interruptions();
    const running: Interruption[] = [];
    for (const id of ["a", "b", "c"])
      void interruptions.during(id, (interruption) => {
        running.push(interruption);
        return never();
      });
    const aborted = () => running.map((interruption) => interruption.aborted);
    interruptions.abort("b");
    interruptions.abort("unknown");
    expect(aborted()).toEqual([false, true, false]);
    interruptions.abortAll();
    expect(aborted()).toEqual([true, true, true]);
  });

  it("forget an attempt that has ended, not a later one of the same job", async () => {
    const interruptions = new Interruptions();
    const ends: (() => void)[] = [];
    const running: Interruption[] = [];
    const attempt = () =>
      interruptions.during("a", (interruption) => {
        running.push(interruption);
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    const first = attempt();
    void attempt();
    ends[0]?.();
    await first;
    interruptions.abort("a");
    expect(running.map(({ aborted }) => aborted)).toEqual([false, true]);
  });
});
