import { randomBytes } from "node:crypto";
import { argon2id, argon2Verify } from "hash-wasm";
import type { Passwords } from "./passwords";

export interface Argon2Cost {
  /** KiB. */
  readonly memorySize: number;
  readonly iterations: number;
  readonly parallelism: number;
}

/** What OWASP's Password Storage Cheat Sheet asks for at least. */
export const recommendedCost: Argon2Cost = { memorySize: 19_456, iterations: 2, parallelism: 1 };

/** Hashes on the calling thread: tens of milliseconds in which it does nothing else. */
export function createArgon2(cost: Argon2Cost): Passwords {
  // One password, however it was typed: NIST SP 800-63B, 5.1.1.2.
  const normal = (password: string) => password.normalize("NFKC");
  const hash = (password: string) =>
    argon2id({
      ...cost,
      password: normal(password),
      salt: randomBytes(16),
      hashLength: 32,
      outputType: "encoded",
    });
  /** Of a password that nobody has: takes the place of a hash that is not there. */
  let nobodys: Promise<string> | undefined;
  return {
    hash,
    async verify(password, known) {
      nobodys ??= hash(randomBytes(16).toString("hex"));
      const against = known ?? (await nobodys);
      const fits = await argon2Verify({ password: normal(password), hash: against });
      return fits && known !== undefined;
    },
    close: async () => undefined,
  };
}
