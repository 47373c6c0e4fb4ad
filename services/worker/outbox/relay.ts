import type { Redis } from "ioredis";
import type pg from "pg";
import type { Logger } from "../../runtime/log";
import { inTransaction } from "../../runtime/store/transaction";
import type { Announcer, Failure, OutboxRow } from "./announcer";
import type { OutboxMetrics } from "./metrics";

/** Rows that one transaction takes. */
export const batchSize = 100;

/** Milliseconds between two looks, give or take a fifth, so that several workers do not look at the same moments. */
const interval = 1_000;

/** Milliseconds for a batch: nobody waits for it, but other workers pass its rows over. */
const batchMilliseconds = 30_000;

/** Seconds: the longest wait of a row that Redis kept from being announced, and of one that cannot be announced. */
const longestWaits: Readonly<Record<Failure["reason"], number>> = { store: 4, row: 300 };

export interface RelayOptions {
  readonly pool: pg.Pool;
  readonly redis: Pick<Redis, "status">;
  readonly announce: Announcer;
  readonly metrics: OutboxMetrics;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** Announces what the processes that wrote it did not: see services/contract/outbox.ts. */
export interface Relay {
  start(): void;
  /** One look: how many due rows there were, at most a batch. */
  poll(): Promise<number>;
  /** Ends after the look that is under way. */
  stop(): Promise<void>;
}

export function createRelay(options: RelayOptions): Relay {
  const { pool, redis, announce, metrics, log } = options;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let stopped = false;
  let failing = false;

  const poll = async (): Promise<number> => {
    // Rows keep for as long as Redis is away.
    if (redis.status !== "ready") return 0;
    return inTransaction(
      pool,
      async (client) => {
        const { rows } = await client.query<OutboxRow>(
          `SELECT id, topic, payload, attempts FROM outbox
          WHERE due_at <= clock_timestamp() ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`,
          [batchSize],
        );
        if (rows.length === 0) return 0;
        const failures = await announce(client, rows);
        const done = rows.filter(({ id }) => !failures.has(id));
        if (done.length > 0)
          await client.query("DELETE FROM outbox WHERE id = ANY ($1::bigint[])", [done.map(({ id }) => id)]);
        const late = rows.flatMap((row) => {
          const failure = failures.get(row.id);
          return failure === undefined ? [] : [{ row, failure }];
        });
        if (late.length > 0)
          await client.query(
            `UPDATE outbox SET attempts = attempts + 1, due_at = clock_timestamp() + wait * interval '1 second'
             FROM unnest($1::bigint[], $2::float8[]) AS late (row_id, wait) WHERE id = late.row_id`,
            [
              late.map(({ row }) => row.id),
              late.map(({ row, failure }) => waitSeconds(row.attempts, failure.reason)),
            ],
          );
        for (const { topic } of done) metrics.announced.inc({ topic, outcome: "announced" });
        for (const { row } of late) metrics.announced.inc({ topic: topicLabel(row), outcome: "failed" });
        tellFailures(late, log);
        return rows.length;
      },
      batchMilliseconds,
    );
  };

  const look = async (): Promise<void> => {
    let found = 0;
    try {
      found = await poll();
      if (failing) log.info("the outbox is read again");
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, "the outbox cannot be read");
      failing = true;
    }
    plan(found === batchSize ? 0 : interval * (0.8 + Math.random() * 0.4));
  };
  const plan = (milliseconds: number): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      looking = look();
    }, milliseconds);
  };

  return {
    start: () => plan(0),
    poll,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

/** Seconds until the next attempt: 1, 2, 4 and so on. */
export function waitSeconds(attempts: number, reason: Failure["reason"]): number {
  return Math.min(2 ** Math.min(attempts, 20), longestWaits[reason]);
}

/** A topic that nobody knows must not become a label of its own. */
const topicLabel = ({ topic }: OutboxRow): string =>
  topic === "message" || topic === "email" ? topic : "unknown";

/** One line for a batch, and for a row that cannot be announced only at its first attempts. */
function tellFailures(
  late: readonly { readonly row: OutboxRow; readonly failure: Failure }[],
  log: Pick<Logger, "warn">,
): void {
  const [first] = late.filter(({ row, failure }) => failure.reason === "store" || row.attempts < 3);
  if (first === undefined) return;
  const { row, failure } = first;
  log.warn(
    { err: failure.error, topic: row.topic, outboxId: row.id, rows: late.length },
    "rows of the outbox could not be announced; they are tried again",
  );
}
