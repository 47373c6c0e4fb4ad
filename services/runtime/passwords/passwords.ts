/** Passwords are kept as argon2id hashes in PHC's encoded form. */

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Whether the password is the one of `hash`. Without a hash the answer is false, after the same time. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
  close(): Promise<void>;
}

export type Work =
  | { readonly do: "hash"; readonly password: string }
  | { readonly do: "verify"; readonly password: string; readonly hash: string | undefined };
