import { describe, expect, it } from "vitest";
import { oldestWaitingJob } from "../../../../services/runtime/queue-age";

/** Jobs of a queue as BullMQ keeps them. */
function queueWith(waiting: string[], prioritised: Record<string, number>, made: Record<string, number>) {
  return {
    lindex: async (key: string, index: number) =>
      key === "bull:jobs:wait" ? (waiting.at(index) ?? null) : null,
    zrangebyscore: async (key: string, least: unknown, below: unknown) =>
      key === "bull:jobs:prioritized"
        ? Object.entries(prioritised)
            .filter(([, score]) => score >= Number(least) && score < Number(String(below).slice(1)))
            .sort(([, a], [, b]) => a - b)
            .map(([id]) => id)
            .slice(0, 1)
        : [],
    hget: async (key: string) => {
      const time = made[key.replace("bull:jobs:", "")];
      return time === undefined ? null : String(time);
    },
  };
}

type Asked = Parameters<typeof oldestWaitingJob>[0];
const oldest = (...queue: Parameters<typeof queueWith>) =>
  oldestWaitingJob(queueWith(...queue) as unknown as Asked, "jobs");

describe("the oldest waiting job", () => {
  it("is none in an empty queue", async () => {
    expect(await oldest([], {}, {})).toBeUndefined();
  });

  it("is found at the end of the list and in each priority", async () => {
    const turn = 2 ** 32;
    expect(await oldest(["b", "a"], {}, { a: 1_000, b: 2_000 })).toBe(1_000);
    const scores = { high: turn + 9, late: 3 * turn + 8, low: 3 * turn + 2 };
    expect(await oldest(["a"], scores, { a: 5_000, high: 4_000, late: 3_500, low: 3_000 })).toBe(3_000);
  });

  it("passes over a job that is gone by now", async () => {
    expect(await oldest(["gone"], { there: 2 ** 32 }, { there: 7_000 })).toBe(7_000);
  });
});
