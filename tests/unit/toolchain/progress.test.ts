import { Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createProgress, type Progress } from "../../../toolchain/progress";

let lines: string[];
let progress: Progress;

beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk).trimEnd());
      done();
    },
  });
  progress = createProgress({ stream, heartbeatSeconds: 8 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A task that ends, or fails, after so many seconds. */
function lasting(seconds: number, outcome: string | Error): () => Promise<string> {
  return () =>
    new Promise((resolve, reject) => {
      setTimeout(() => (outcome instanceof Error ? reject(outcome) : resolve(outcome)), seconds * 1000);
    });
}

describe("progress", () => {
  it("shows a task's start, its latest detail at each heartbeat, and its end", async () => {
    const running = progress.task("Caddy", (report) => {
      report("downloading");
      setTimeout(() => report("  compiling\n"), 9000);
      return lasting(20, "built")();
    });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await running).toBe("built");
    expect(lines).toEqual([
      "start    Caddy",
      "running  Caddy, 8 s: downloading",
      "running  Caddy, 16 s: compiling",
      "done     Caddy, 20 s",
    ]);
  });

  it("shows a failure with its first line and throws it on", async () => {
    const running = progress.task("Caddy", lasting(3, new Error("no network\n    at somewhere")));
    const outcome = expect(running).rejects.toThrow("no network");
    await vi.advanceTimersByTimeAsync(3000);
    await outcome;
    expect(lines).toEqual(["start    Caddy", "failed   Caddy, 3 s: no network"]);
  });

  it("gives every running task a heartbeat of its own and leaves no timer behind", async () => {
    const first = progress.task("one", lasting(9, "1"));
    const second = progress.task("two", lasting(10, "2"));
    progress.note("by the way");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await Promise.all([first, second])).toEqual(["1", "2"]);
    expect(lines).toEqual([
      "start    one",
      "start    two",
      "by the way",
      "running  one, 8 s",
      "running  two, 8 s",
      "done     one, 9 s",
      "done     two, 10 s",
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
