import { UnrecoverableError, WaitingError } from "bullmq";
import { describe, expect, it } from "vitest";
import { Problem } from "../../../../services/contract/problems";
import { createRegistry, jobMetrics } from "../../../../services/runtime/metrics";
import { runAttempt } from "../../../../services/worker/attempt";
import { Interruption } from "../../../../services/worker/interruption";

const userId = "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a11";
const room = "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a12";

interface Given {
  readonly kind?: string;
  readonly input?: Record<string, string | number | string[]>;
  readonly attemptsMade?: number;
  readonly count?: () => Promise<Map<string, number>>;
  readonly aborted?: boolean;
  /** The queued job says that it is cancelled. */
  readonly flagged?: boolean;
  /** Its owner cancels it while it runs. */
  readonly cancelledMeanwhile?: boolean;
}

async function attempt({ kind = "report", input = {}, attemptsMade = 0, count, ...given }: Given) {
  const { aborted = false, flagged = false, cancelledMeanwhile = false } = given;
  const heard = new Set<string>();
  const interruption = new Interruption();
  if (aborted && !cancelledMeanwhile) interruption.abort();
  const registry = createRegistry();
  const moved: (string | undefined)[] = [];
  let counted = 0;
  const quiet = () => undefined;
  const outcome = await runAttempt(
    {
      id: "j1",
      name: kind,
      data: { userId, fingerprint: "f", input, ...(flagged ? { cancelled: true } : {}) },
      attemptsMade,
      opts: { attempts: 3 },
      updateProgress: async () => undefined,
      moveToWait: async (token) => moved.push(token),
    },
    "token",
    interruption,
    {
      log: { info: quiet, warn: quiet, error: quiet },
      metrics: jobMetrics(registry),
      statistics: {
        roomIds: async (owner) => (owner === userId ? [room] : []),
        countMessages: async (owner) => {
          expect(owner).toBe(userId);
          counted += 1;
          if (cancelledMeanwhile) heard.add("j1");
          if (aborted) interruption.abort();
          return count === undefined ? new Map([[room, 2]]) : count();
        },
      },
      cancellations: heard,
    },
  ).catch((error: unknown) => error);
  const text = await registry.metrics();
  const outcomes = text.split("\n").filter((line) => line.startsWith("jobs_processed_total{"));
  return { outcome, moved, counted: outcomes, ran: counted > 0 };
}

describe("runAttempt", () => {
  it("answers with the result", async () => {
    const { outcome, counted } = await attempt({});
    expect(outcome).toEqual({ rooms: 1, messages: 2, busiest: { room, messages: 2 } });
    expect(counted).toEqual(['jobs_processed_total{kind="report",outcome="completed"} 1']);
  });

  it("fails for good, with the reason, when trying again cannot help", async () => {
    const { outcome, counted } = await attempt({ input: { rooms: [userId] } });
    expect(outcome).toBeInstanceOf(UnrecoverableError);
    expect(outcome).toMatchObject({ message: `There is no room ${userId}.` });
    expect(counted).toEqual(['jobs_processed_total{kind="report",outcome="failed"} 1']);
  });

  it("tries again after a failure, and counts the third as final", async () => {
    const count = () => Promise.reject(new Error("relation secret_table does not exist"));
    const first = await attempt({ count });
    expect(first.outcome).not.toBeInstanceOf(UnrecoverableError);
    expect(first.outcome).toMatchObject({
      message: "The job failed for a reason that only the worker's log tells.",
    });
    expect(first.counted).toEqual(['jobs_processed_total{kind="report",outcome="retried"} 1']);
    const third = await attempt({ count, attemptsMade: 2 });
    expect(third.counted).toEqual(['jobs_processed_total{kind="report",outcome="failed"} 1']);
  });

  it("names a store that is away", async () => {
    const count = () => Promise.reject(new Problem("store_unavailable", "PostgreSQL does not answer."));
    expect((await attempt({ count })).outcome).toMatchObject({ message: "PostgreSQL does not answer." });
  });

  it("hands the job back, uncounted, when the process ends", async () => {
    const { outcome, moved, counted } = await attempt({ aborted: true });
    expect(outcome).toBeInstanceOf(WaitingError);
    expect(moved).toEqual(["token"]);
    expect(counted).toEqual([]);
  });

  it("does not run a job that was cancelled in the queue", async () => {
    const { outcome, counted, ran } = await attempt({ flagged: true });
    expect([outcome, ran]).toEqual([null, false]);
    expect(counted).toEqual(['jobs_processed_total{kind="report",outcome="cancelled"} 1']);
  });

  it.each([
    ["fails", 0, false],
    ["fails for the last time", 2, false],
    ["is aborted", 0, true],
  ])("counts no failure of a job that %s after it was cancelled", async (_how, attemptsMade, aborted) => {
    const count = () => Promise.reject(new Error("The operation was aborted"));
    const { outcome, counted, moved } = await attempt({
      count,
      attemptsMade,
      aborted,
      cancelledMeanwhile: true,
    });
    expect([outcome, moved]).toEqual([null, []]);
    expect(counted).toEqual(['jobs_processed_total{kind="report",outcome="cancelled"} 1']);
  });
});
