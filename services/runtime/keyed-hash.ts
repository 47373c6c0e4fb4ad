import { createHmac, hkdfSync } from "node:crypto";

/** Hash of `parts` that nobody can compute, or try guesses on, without the secret. */
export type KeyedHash = (...parts: unknown[]) => Buffer;

/** A key of its own is derived from `secret`, so that a hash is never good as a signature of something else. */
export function createKeyedHash(secret: string, purpose: string): KeyedHash {
  const key = Buffer.from(hkdfSync("sha256", secret, "", `backline ${purpose}`, 32));
  return (...parts) => createHmac("sha256", key).update(JSON.stringify(parts)).digest();
}
