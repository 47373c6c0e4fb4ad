import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { grouped } from "../../../../services/runtime/grouped";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Work that is ended by hand, in groups of three at most and two at once. */
function work() {
  const groups: (readonly number[])[] = [];
  const ends: { answer(): void; fail(): void }[] = [];
  const call = grouped<number, string>(
    (items) => {
      groups.push(items);
      return new Promise((resolve, reject) => {
        ends.push({
          answer: () => resolve(items.map((item) => `did ${item}`)),
          fail: () => reject(new Error("away")),
        });
      });
    },
    () => new Error("late"),
    { atOnce: 2, most: 3, patience: 1_000 },
  );
  const outcomes: string[] = [];
  const start = (...items: number[]): void => {
    for (const item of items)
      call(item).then(
        (result) => outcomes.push(result),
        (error: Error) => outcomes.push(`${item} ${error.message}`),
      );
  };
  return { groups, ends, outcomes, start };
}

const turn = () => vi.advanceTimersByTimeAsync(0);

describe("grouped calls", () => {
  it("are those of one turn, and then those that came while all places were taken", async () => {
    const { groups, ends, outcomes, start } = work();
    start(1, 2);
    await turn();
    start(3);
    await turn();
    start(4, 5, 6, 7);
    await turn();
    expect(groups).toEqual([[1, 2], [3]]);
    ends[1]?.answer();
    await turn();
    expect(groups).toEqual([[1, 2], [3], [4, 5, 6]]);
    expect(outcomes).toEqual(["did 3"]);
    for (const at of [0, 2]) ends[at]?.answer();
    await turn();
    ends[3]?.answer();
    await turn();
    expect(groups.at(-1)).toEqual([7]);
    expect(outcomes).toEqual(["did 3", "did 1", "did 2", "did 4", "did 5", "did 6", "did 7"]);
  });

  it("share what their group throws, and leave the next group alone", async () => {
    const { ends, outcomes, start } = work();
    start(1, 2);
    await turn();
    ends[0]?.fail();
    await turn();
    start(3);
    await turn();
    ends[1]?.answer();
    await turn();
    expect(outcomes).toEqual(["1 away", "2 away", "did 3"]);
  });

  it("do not wait for a place for longer than they have patience, again and again", async () => {
    const { groups, ends, outcomes, start } = work();
    start(1, 2, 3, 4);
    await turn();
    for (const item of [5, 6]) {
      start(item);
      await vi.advanceTimersByTimeAsync(999);
      expect(outcomes).not.toContain(`${item} late`);
      await vi.advanceTimersByTimeAsync(1);
      expect(outcomes).toContain(`${item} late`);
    }
    ends[0]?.answer();
    await turn();
    start(7);
    await turn();
    expect(groups).toEqual([[1, 2, 3], [4], [7]]);
  });
});
