import type pg from "pg";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Announcer, OutboxRow } from "../../../../../services/worker/outbox/announcer";
import { collectOutbox, outboxMetrics } from "../../../../../services/worker/outbox/metrics";
import { batchSize, createRelay, waitSeconds } from "../../../../../services/worker/outbox/relay";

const row = (id: number, attempts = 0): OutboxRow => ({
  id: String(id),
  topic: "message",
  payload: {},
  attempts,
});

interface Given {
  readonly batches?: OutboxRow[][];
  readonly announce?: Announcer;
  readonly status?: string;
}

function relayOn({ batches = [], announce = async () => new Map(), status = "ready" }: Given) {
  const statements: [string, unknown[]][] = [];
  const client = {
    async query(text: string, values: unknown[] = []) {
      statements.push([text.trim().split(/\s+/)[0] ?? "", values]);
      return text.includes("SKIP LOCKED") ? { rows: batches.shift() ?? [] } : { rows: [] };
    },
    release: () => undefined,
  };
  const warn = vi.fn();
  const pool = { connect: vi.fn(async () => client) };
  const relay = createRelay({
    pool: pool as unknown as pg.Pool,
    redis: { status: status as "ready" },
    announce,
    metrics: outboxMetrics(new Registry()),
    log: { info: () => undefined, warn },
  });
  return { relay, statements, pool, warn };
}

describe("the relay", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("removes what it has announced, in one transaction", async () => {
    const { relay, statements } = relayOn({ batches: [[row(1), row(2)]] });
    expect(await relay.poll()).toBe(2);
    expect(statements).toEqual([
      ["BEGIN", []],
      ["SELECT", [batchSize]],
      ["DELETE", [["1", "2"]]],
      ["COMMIT", []],
    ]);
  });

  it("keeps what failed, to be tried again after a wait that grows", async () => {
    const announce: Announcer = async () =>
      new Map([
        ["1", { reason: "row", error: new Error("unknown") }],
        ["3", { reason: "store", error: new Error("away") }],
      ]);
    const { relay, statements, warn } = relayOn({ batches: [[row(1, 5), row(2), row(3, 5)]], announce });
    await relay.poll();
    expect(statements.slice(2, -1)).toEqual([
      ["DELETE", [["2"]]],
      [
        "UPDATE",
        [
          ["1", "3"],
          [32, 4],
        ],
      ],
    ]);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it("waits twice as long each time, up to a limit that is short where Redis was at fault", () => {
    expect([0, 1, 2, 3, 100].map((attempts) => waitSeconds(attempts, "row"))).toEqual([1, 2, 4, 8, 300]);
    expect([0, 1, 2, 3, 100].map((attempts) => waitSeconds(attempts, "store"))).toEqual([1, 2, 4, 4, 4]);
  });

  it("leaves the rows alone while Redis is away", async () => {
    const { relay, pool } = relayOn({ status: "reconnecting", batches: [[row(1)]] });
    expect(await relay.poll()).toBe(0);
    expect(pool.connect).not.toHaveBeenCalled();
  });

  it("looks every second, and at once while there is more", async () => {
    const full = Array.from({ length: batchSize }, (_, id) => row(id));
    const { relay, pool } = relayOn({ batches: [full, full, [row(1)]] });
    relay.start();
    await vi.advanceTimersByTimeAsync(10);
    expect(pool.connect).toHaveBeenCalledTimes(3);
    await vi.advanceTimersByTimeAsync(700);
    expect(pool.connect).toHaveBeenCalledTimes(3);
    await vi.advanceTimersByTimeAsync(600);
    expect(pool.connect).toHaveBeenCalledTimes(4);
    await relay.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(pool.connect).toHaveBeenCalledTimes(4);
  });

  it("goes on when PostgreSQL was away, and says so once", async () => {
    const { relay, pool, warn } = relayOn({ batches: [[row(1)]] });
    pool.connect.mockRejectedValueOnce(new Error("refused")).mockRejectedValueOnce(new Error("refused"));
    relay.start();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(pool.connect.mock.calls.length).toBeGreaterThan(2);
    expect(warn).toHaveBeenCalledTimes(1);
    await relay.stop();
  });

  it("has no figures while PostgreSQL is away", async () => {
    const registry = new Registry();
    const query = vi.fn().mockResolvedValueOnce({ rows: [{ due: "2", retried: "1", seconds: 3.5 }] });
    query.mockRejectedValueOnce(new Error("away"));
    collectOutbox(registry, { query });
    const figures = async () =>
      (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(await figures()).toEqual([
      "outbox_rows_due 2",
      "outbox_rows_retried 1",
      "outbox_oldest_due_seconds 3.5",
    ]);
    expect(await figures()).toEqual([]);
    expect(query).toHaveBeenCalledTimes(2);
  });
});
