import { EventEmitter } from "node:events";
import type { Worker } from "bullmq";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { JobData } from "../../../../services/contract/jobs";
import { announce, gatherMilliseconds } from "../../../../services/worker/announce";

const job = (id: string) => ({
  id,
  name: "echo",
  data: { userId: "ada" },
  progress: 40,
  finishedOn: undefined,
});
const frame = (id: string, state: string, progress: number) => [
  "ada",
  { type: "job", id, kind: "echo", state, progress },
];

let worker: EventEmitter;
let cancelled: string[];
let tellTheRest: () => void;
const publisher = { job: vi.fn() };
beforeEach(() => {
  vi.useFakeTimers();
  publisher.job.mockClear();
  worker = new EventEmitter();
  cancelled = [];
  const cancellations = { has: (id: string) => cancelled.includes(id) };
  tellTheRest = announce(
    worker as unknown as Pick<Worker<JobData, unknown, string>, "on">,
    publisher,
    cancellations as unknown as Parameters<typeof announce>[2],
  );
});
afterEach(() => vi.useRealTimers());

describe("how a job is", () => {
  it("is told once for changes that follow each other closely: as it is after them", () => {
    for (const id of ["1", "2"]) worker.emit("active", job(id));
    worker.emit("progress", job("1"), 50);
    worker.emit("completed", job("1"));
    expect(publisher.job).not.toHaveBeenCalled();
    vi.advanceTimersByTime(gatherMilliseconds);
    expect(publisher.job.mock.calls).toEqual([frame("1", "completed", 100), frame("2", "active", 0)]);
    vi.advanceTimersByTime(10 * gatherMilliseconds);
    expect(publisher.job).toHaveBeenCalledTimes(2);
  });

  it("is told after every change that is seen by itself", () => {
    worker.emit("active", job("1"));
    vi.advanceTimersByTime(gatherMilliseconds);
    worker.emit("progress", job("1"), 50);
    vi.advanceTimersByTime(gatherMilliseconds);
    worker.emit("failed", job("1"));
    vi.advanceTimersByTime(gatherMilliseconds);
    worker.emit("failed", { ...job("1"), finishedOn: 1 });
    vi.advanceTimersByTime(gatherMilliseconds);
    expect(publisher.job.mock.calls).toEqual([
      frame("1", "active", 0),
      frame("1", "active", 50),
      frame("1", "queued", 40),
      frame("1", "failed", 40),
    ]);
  });

  it("is not told after it was cancelled, also in the moment before it is told", () => {
    worker.emit("active", job("1"));
    cancelled.push("1");
    vi.advanceTimersByTime(gatherMilliseconds);
    expect(publisher.job).not.toHaveBeenCalled();
  });

  it("is told at once when the worker ends", () => {
    worker.emit("completed", job("1"));
    tellTheRest();
    expect(publisher.job.mock.calls).toEqual([frame("1", "completed", 100)]);
    vi.advanceTimersByTime(gatherMilliseconds);
    expect(publisher.job).toHaveBeenCalledTimes(1);
  });
});
