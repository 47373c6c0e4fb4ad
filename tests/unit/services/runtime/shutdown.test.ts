import { describe, expect, it, vi } from "vitest";
import { createShutdown, type ShutdownStep } from "../../../../services/runtime/shutdown";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function shutdownOf(steps: ShutdownStep[], drainSeconds = 1) {
  const exits: number[] = [];
  return { exits, shutdown: createShutdown({ log, drainSeconds, steps, exit: (code) => exits.push(code) }) };
}

describe("createShutdown", () => {
  it("runs the steps one after the other and exits 0", async () => {
    const seen: string[] = [];
    const step = (name: string): ShutdownStep => ({
      name,
      run: async () => {
        seen.push(`${name} begins`);
        await new Promise(setImmediate);
        seen.push(`${name} ends`);
      },
    });
    const { exits, shutdown } = shutdownOf([step("readiness"), step("requests"), step("pools")]);
    await shutdown("SIGTERM");
    expect(seen).toEqual([
      "readiness begins",
      "readiness ends",
      "requests begins",
      "requests ends",
      "pools begins",
      "pools ends",
    ]);
    expect(exits).toEqual([0]);
  });

  it("goes on after a step that fails, and exits 1", async () => {
    const seen: string[] = [];
    const { exits, shutdown } = shutdownOf([
      { name: "bad", run: () => Promise.reject(new Error("no")) },
      { name: "good", run: () => seen.push("good") },
    ]);
    await shutdown("SIGTERM");
    expect(seen).toEqual(["good"]);
    expect(exits).toEqual([1]);
  });

  it("exits at once on a second signal", async () => {
    let finish = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { exits, shutdown } = shutdownOf([{ name: "slow", run: () => held }]);
    const first = shutdown("SIGTERM");
    await shutdown("SIGTERM");
    expect(exits).toEqual([1]);
    finish();
    await first;
  });

  it("gives up on a step that outlasts the drain and its grace of 5 s", async () => {
    vi.useFakeTimers();
    try {
      const seen: string[] = [];
      const { exits, shutdown } = shutdownOf(
        [
          { name: "stuck", run: () => new Promise(() => undefined) },
          { name: "pools", run: () => seen.push("pools") },
        ],
        20,
      );
      const done = shutdown("SIGTERM");
      await vi.advanceTimersByTimeAsync(24_999);
      expect(seen).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      await done;
      expect(seen).toEqual(["pools"]);
      expect(exits).toEqual([1]);
    } finally {
      vi.useRealTimers();
    }
  });
});
