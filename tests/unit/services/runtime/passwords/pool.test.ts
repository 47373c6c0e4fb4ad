import { EventEmitter } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it, vi } from "vitest";
import type { Work } from "../../../../../services/runtime/passwords/passwords";
import { createPasswordPool } from "../../../../../services/runtime/passwords/pool";

/** A thread that answers when the test says so. */
class FakeThread extends EventEmitter {
  readonly asked: { id: number; work: Work }[] = [];
  unref(): void {}
  async terminate(): Promise<number> {
    this.emit("exit", 1);
    return 1;
  }
  postMessage(message: { id: number; work: Work }): void {
    this.asked.push(message);
  }
}

function fakePool() {
  const threads: FakeThread[] = [];
  const pool = createPasswordPool(() => {
    const thread = new FakeThread();
    threads.push(thread);
    return Object.assign(Object.create(Worker.prototype), {}, wrap(thread));
  });
  return { pool, threads };
}

/** The parts of a Worker that the pool uses. */
const wrap = (thread: FakeThread) => ({
  on: thread.on.bind(thread),
  unref: thread.unref.bind(thread),
  terminate: thread.terminate.bind(thread),
  postMessage: thread.postMessage.bind(thread),
});

describe("the password pool", () => {
  it("gives each caller the answer to their own question", async () => {
    const { pool, threads } = fakePool();
    const [hash, fits] = [pool.hash("a"), pool.verify("b", "h")];
    expect(threads[0]?.asked.map(({ work }) => work)).toEqual([
      { do: "hash", password: "a" },
      { do: "verify", password: "b", hash: "h" },
    ]);
    threads[0]?.emit("message", { id: 2, result: false });
    threads[0]?.emit("message", { id: 1, result: "$argon2id$" });
    expect([await hash, await fits]).toEqual(["$argon2id$", false]);
  });

  it("refuses with 429 when 64 are waiting, and takes more when one is done", async () => {
    const { pool, threads } = fakePool();
    const waiting = Array.from({ length: 64 }, () => pool.hash("a"));
    await expect(pool.hash("a")).rejects.toMatchObject({ code: "rate_limited", extras: { retryAfter: 2 } });
    threads[0]?.emit("message", { id: 1, result: "done" });
    expect(await waiting[0]).toBe("done");
    void pool.hash("b");
    expect(threads[0]?.asked).toHaveLength(65);
  });

  it("fails the waiting and starts another thread when one ends", async () => {
    const { pool, threads } = fakePool();
    const lost = pool.hash("a");
    threads[0]?.emit("error", new Error("out of memory"));
    await expect(lost).rejects.toThrow("the thread that hashes passwords has ended");
    const next = pool.hash("b");
    // The first thread's end is told after its error, and is no business of the second's callers.
    threads[0]?.emit("exit", 1);
    threads[1]?.emit("message", { id: 2, result: "done" });
    expect(await next).toBe("done");
    await pool.close();
    await expect(pool.hash("c")).rejects.toThrow("was ended");
    await vi.waitFor(() => expect(threads).toHaveLength(2));
  });

  it("ends a thread that has nothing to do, with the memory of its hashes, and starts another for the next", async () => {
    vi.useFakeTimers();
    const { pool, threads } = fakePool();
    const ended = vi.fn();
    const answers = [pool.hash("a"), pool.hash("b")];
    threads[0]?.on("exit", ended);
    threads[0]?.emit("message", { id: 1, result: "one" });
    vi.advanceTimersByTime(60_000);
    // Somebody waits still.
    expect(ended).not.toHaveBeenCalled();
    threads[0]?.emit("message", { id: 2, result: "two" });
    vi.advanceTimersByTime(9_999);
    expect(ended).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(ended).toHaveBeenCalledOnce();
    expect(await Promise.all(answers)).toEqual(["one", "two"]);
    const next = pool.hash("c");
    threads[1]?.emit("message", { id: 3, result: "three" });
    expect(await next).toBe("three");
    vi.useRealTimers();
  });
});
