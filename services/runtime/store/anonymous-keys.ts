import { keyReused, type Outcome } from "./idempotency";
import type { Queryable } from "./transaction";

/** A repeatable request of somebody who has no account yet. Both are keyed hashes, since it may hold a password. */
export interface AnonymousRepeatable {
  readonly keyHash: Buffer;
  readonly fingerprint: Buffer;
}

/**
 * The user that `make` makes, once for each key. A second request under the key waits for the first one's transaction,
 * then gets the same user. Throws `idempotency_key_reused` for another request under a used key.
 */
export async function onceAnonymous(
  client: Queryable,
  request: AnonymousRepeatable | undefined,
  make: () => Promise<string>,
): Promise<Outcome<string>> {
  if (request === undefined) return { value: await make(), replayed: false };
  const { keyHash, fingerprint } = request;
  // The row refers to a user, who is not there yet: so it is a lock that makes the others wait.
  await client.query("SELECT pg_advisory_xact_lock($1)", [keyHash.readBigInt64BE().toString()]);
  const { rows } = await client.query<{ user_id: string; fingerprint: Buffer }>(
    "SELECT user_id, fingerprint FROM anonymous_keys WHERE key_hash = $1",
    [keyHash],
  );
  const earlier = rows[0];
  if (earlier !== undefined) {
    if (!earlier.fingerprint.equals(fingerprint)) throw keyReused();
    return { value: earlier.user_id, replayed: true };
  }
  const value = await make();
  await client.query("INSERT INTO anonymous_keys (key_hash, fingerprint, user_id) VALUES ($1, $2, $3)", [
    keyHash,
    fingerprint,
    value,
  ]);
  return { value, replayed: false };
}
