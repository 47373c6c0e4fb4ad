import type pg from "pg";
import { Counter, Gauge, type Registry } from "prom-client";

export const outboxMetrics = (registry: Registry) => ({
  announced: new Counter({
    name: "outbox_announced_total",
    help: "Attempts of the worker to announce a row of the outbox by outcome: announced or failed",
    labelNames: ["topic", "outcome"],
    registers: [registry],
  }),
});
export type OutboxMetrics = ReturnType<typeof outboxMetrics>;

interface Waiting {
  readonly due: number;
  readonly retried: number;
  readonly seconds: number;
}

/** Rows that wait to be announced, asked at every scrape; the samples are missing while PostgreSQL does not answer. */
export function collectOutbox(registry: Registry, pool: Pick<pg.Pool, "query">): void {
  let running: Promise<Waiting | undefined> | undefined;
  // One query for all gauges: they are collected at the same moment.
  const waiting = (): Promise<Waiting | undefined> => {
    running ??= ask(pool)
      .catch(() => undefined)
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  const addGauge = (name: string, help: string, pick: (counts: Waiting) => number): void => {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const counts = await waiting();
        if (counts === undefined) gauge.remove();
        else gauge.set(pick(counts));
      },
    });
  };
  addGauge("outbox_rows_due", "Rows of the outbox that are due and not announced", ({ due }) => due);
  addGauge(
    "outbox_rows_retried",
    "Rows of the outbox that could not be announced so far",
    ({ retried }) => retried,
  );
  addGauge(
    "outbox_oldest_due_seconds",
    "Seconds since which the oldest row of the outbox is due; 0 when none is",
    ({ seconds }) => seconds,
  );
}

async function ask(pool: Pick<pg.Pool, "query">): Promise<Waiting> {
  const { rows } = await pool.query<{ due: string; retried: string; seconds: number | null }>(
    `SELECT count(*) FILTER (WHERE due_at <= clock_timestamp()) AS due,
            count(*) FILTER (WHERE attempts > 0) AS retried,
            extract(epoch FROM clock_timestamp() - min(due_at))::float8 AS seconds
       FROM outbox`,
  );
  const [row] = rows;
  return {
    due: Number(row?.due ?? 0),
    retried: Number(row?.retried ?? 0),
    seconds: Math.max(0, row?.seconds ?? 0),
  };
}
