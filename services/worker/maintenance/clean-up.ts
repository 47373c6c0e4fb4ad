import type { Redis } from "ioredis";
import type pg from "pg";
import { sessionSeconds } from "../../contract/accounts";
import { endedSessionsKey } from "../../contract/channels";
import { asPostgres, asRedis } from "../../runtime/unavailable";

/** Rows that one statement removes, so that none holds locks for long. */
const batchSize = 1_000;

/** Statements for one table in a run: what is left waits for the next. */
const batches = 200;

/** What is removed, by table: a condition on its rows. */
export const expired = {
  /** Their refresh tokens go with them. */
  sessions: "expires_at < now()",
  /** Used ones are kept to notice their theft for as long as a session lives without being refreshed. */
  refresh_tokens: `used_at < now() - interval '${sessionSeconds} seconds'`,
  idempotency_keys: "created_at < now() - interval '24 hours'",
  anonymous_keys: "created_at < now() - interval '24 hours'",
  stripe_events: `received_at < now() - interval '90 days'
    AND NOT EXISTS (SELECT FROM payments WHERE payments.event_id = stripe_events.id)`,
} as const;

/** Removes what has expired; answers how many rows of each table. Running it twice, or two at once, harms nobody. */
export async function cleanUp(
  pool: Pick<pg.Pool, "query">,
  redis: Pick<Redis, "zremrangebyscore">,
): Promise<Record<string, number>> {
  const removed: Record<string, number> = {};
  for (const [table, condition] of Object.entries(expired))
    removed[table] = await clear(pool, table, condition);
  await asRedis(() => redis.zremrangebyscore(endedSessionsKey, "-inf", Math.floor(Date.now() / 1_000)));
  return removed;
}

async function clear(pool: Pick<pg.Pool, "query">, table: string, condition: string): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    const { rowCount } = await asPostgres(() =>
      pool.query(
        `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${batchSize} FOR UPDATE SKIP LOCKED))`,
      ),
    );
    removed += rowCount ?? 0;
    if ((rowCount ?? 0) < batchSize) break;
  }
  return removed;
}
