import { Redis } from "ioredis";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createCounter } from "../../../../services/runtime/counter";

const limit = { name: "test", points: 3, seconds: 60 };

/** A Redis that counts, fails or keeps silent as `behaviour` says. */
class FakeRedis extends Redis {
  behaviour: "counts" | "fails" | "silent" = "counts";
  calls = 0;
  readonly counts = new Map<string, number>();
  constructor() {
    super({ lazyConnect: true });
    this.status = "ready";
  }
  /** Called by the limiter in place of a connection: its script by the name it is defined under. */
  override defineCommand(name: string): void {
    Object.assign(this, {
      [name]: async ([key = "", points = ""]: string[]) => {
        this.calls += 1;
        if (this.behaviour === "fails") throw new Error("READONLY");
        if (this.behaviour === "silent") return new Promise(() => undefined);
        const count = (this.counts.get(key) ?? 0) + Number(points);
        this.counts.set(key, count);
        return [count, 42_000];
      },
    });
  }
}

function setUp() {
  vi.useFakeTimers({ now: 1_900_000_000_000 });
  const redis = new FakeRedis();
  const warnings: unknown[] = [];
  const counter = createCounter(redis, limit, { warn: (...line: unknown[]) => void warnings.push(line) });
  return { redis, warnings, counter };
}
afterEach(() => void vi.useRealTimers());

describe("the counter", () => {
  it("counts in Redis with one call each, and without any for a key that is over its limit", async () => {
    const { redis, counter } = setUp();
    const counts = [];
    for (let index = 0; index < 6; index += 1) counts.push(await counter.take("ada"));
    expect(counts.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
      [false, 0],
      [false, 0],
    ]);
    expect(counts[0]).toEqual({ allowed: true, limit: 3, remaining: 2, resetSeconds: 42 });
    expect([...redis.counts.keys()]).toEqual(["backline:rate:test:ada"]);
    expect(redis.calls).toBe(4);
  });

  it("counts in memory while Redis fails, and asks it again after a second", async () => {
    const { redis, counter, warnings } = setUp();
    redis.behaviour = "fails";
    for (let index = 0; index < 3; index += 1) expect((await counter.take("ada")).allowed).toBe(true);
    expect((await counter.take("ada")).allowed).toBe(false);
    expect([redis.calls, warnings.length]).toEqual([1, 1]);
    redis.behaviour = "counts";
    vi.advanceTimersByTime(1_001);
    expect((await counter.take("ada")).remaining).toBe(2);
    expect(redis.counts.get("backline:rate:test:ada")).toBe(1);
  });

  it("does not wait for a Redis that keeps silent", async () => {
    const { redis, counter } = setUp();
    redis.behaviour = "silent";
    const first = counter.take("ada");
    await vi.advanceTimersByTimeAsync(250);
    expect((await first).remaining).toBe(2);
    expect((await counter.take("ada")).remaining).toBe(1);
    expect(redis.calls).toBe(1);
  });

  it("takes one back", async () => {
    const { redis, counter } = setUp();
    await counter.take("ada");
    await counter.take("ada");
    await counter.giveBack("ada");
    expect(redis.counts.get("backline:rate:test:ada")).toBe(1);
  });
});
