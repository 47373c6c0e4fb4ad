import { createHash } from "node:crypto";
import type pg from "pg";
import type { z } from "zod";
import { Problem } from "../../contract/problems";
import { inTransaction, type Queryable } from "./transaction";

/** A request that its client may repeat: the same key and fingerprint have one effect and one answer. */
export interface Repeatable {
  readonly userId: string;
  readonly key: string;
  readonly fingerprint: string;
}

export interface Outcome<T> {
  readonly value: T;
  /** The answer of an earlier request under the same key. */
  readonly replayed: boolean;
}

/** Hash that two requests share only when they ask for the same. */
export function fingerprintOf(...parts: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

export function keyReused(): Problem {
  return new Problem(
    "idempotency_key_reused",
    "This Idempotency-Key belongs to an earlier request with other content; use a new key for a new request.",
  );
}

/**
 * Runs `effect` in a transaction: once for each key, together with the record of its answer; every time without a key.
 * A second request under the key waits for the first, then gets its answer. An effect that throws leaves no record.
 */
export function once<Schema extends z.ZodType>(
  pool: pg.Pool,
  request: Repeatable | undefined,
  schema: Schema,
  effect: (client: Queryable) => Promise<z.infer<Schema>>,
): Promise<Outcome<z.infer<Schema>>> {
  if (request === undefined) {
    return inTransaction(pool, async (client) => ({ value: await effect(client), replayed: false }));
  }
  const { userId, key, fingerprint } = request;
  return inTransaction(pool, async (client) => {
    const claimed = await client.query(
      `INSERT INTO idempotency_keys (user_id, key, fingerprint) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [userId, key, fingerprint],
    );
    if (claimed.rowCount === 1) {
      const value = await effect(client);
      await client.query("UPDATE idempotency_keys SET answer = $3 WHERE user_id = $1 AND key = $2", [
        userId,
        key,
        JSON.stringify(value),
      ]);
      return { value, replayed: false };
    }
    const earlier = await client.query<{ fingerprint: string; answer: unknown }>(
      "SELECT fingerprint, answer FROM idempotency_keys WHERE user_id = $1 AND key = $2",
      [userId, key],
    );
    if (earlier.rows[0]?.fingerprint !== fingerprint) throw keyReused();
    return { value: schema.parse(earlier.rows[0].answer), replayed: true };
  });
}
