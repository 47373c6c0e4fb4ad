import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { gatherMilliseconds } from "../../../../services/worker/announce";
import { Progress } from "../../../../services/worker/progress";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = () => vi.advanceTimersByTimeAsync(gatherMilliseconds);

describe("progress", () => {
  it("is stored soon, the last figure of what was told in between", async () => {
    const stored: number[] = [];
    const progress = new Progress(async (percent) => void stored.push(percent), vi.fn());
    for (const percent of [10, 20, 30]) progress.tell(percent);
    expect(stored).toEqual([]);
    await pass();
    progress.tell(40);
    await pass();
    await pass();
    expect(stored).toEqual([30, 40]);
  });

  it("is stored at once when the attempt has failed, and not at all when the job is complete", async () => {
    const stored: number[] = [];
    const progress = new Progress(async (percent) => void stored.push(percent), vi.fn());
    progress.tell(50);
    await progress.flush();
    expect(stored).toEqual([50]);
    await progress.flush();
    progress.tell(100);
    await progress.drop();
    await pass();
    expect(stored).toEqual([50]);
  });

  it("is waited for while it is being stored, so that nothing is told of a job after its end", async () => {
    let done: () => void = () => undefined;
    const progress = new Progress(() => new Promise<void>((resolve) => (done = resolve)), vi.fn());
    progress.tell(50);
    await pass();
    let ended = false;
    const end = progress.drop().then(() => (ended = true));
    await pass();
    expect(ended).toBe(false);
    done();
    await end;
  });

  it("that cannot be stored fails nothing", async () => {
    const failed = vi.fn();
    const progress = new Progress(() => Promise.reject(new Error("away")), failed);
    progress.tell(50);
    await progress.flush();
    expect(failed).toHaveBeenCalledWith(new Error("away"));
  });
});
