import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { limitedAddress } from "./address";
import { type Count, type Counter, createCounter } from "./counter";
import type { Logger } from "./log";

/** Sign-ins that one address may try with one e-mail address before it has to wait. */
const signIns = { name: "sign-in", points: 10, seconds: 15 * 60 };

export interface RateLimits {
  /** Counts a request: of the user when there is one, otherwise of the address. Undefined without a limit. */
  request(userId: string | undefined, address: string): Promise<Count> | undefined;
  readonly signIn: SignInLimit;
}

export interface SignInLimit {
  /** Counts an attempt before it is made, so that many at once are counted, too. */
  attempt(address: string, email: string): Promise<Count>;
  /** It could not be judged, since a store was away for instance: it does not count. */
  withdraw(address: string, email: string): Promise<void>;
  /** It was a success: the attempts before it are forgotten. */
  succeeded(address: string, email: string): Promise<void>;
}

/** Requests a minute; 0 is no limit. */
export interface RequestLimits {
  readonly user: number;
  readonly address: number;
}

export function createRateLimits(
  redis: Redis,
  { user, address }: RequestLimits,
  log: Pick<Logger, "warn">,
): RateLimits {
  const perMinute = (name: string, points: number): Counter | undefined =>
    points === 0 ? undefined : createCounter(redis, { name, points, seconds: 60 }, log);
  const users = perMinute("user", user);
  const addresses = perMinute("address", address);
  const attempts = createCounter(redis, signIns, log);
  return {
    request: (userId, from) =>
      userId === undefined ? addresses?.take(limitedAddress(from)) : users?.take(userId),
    signIn: {
      attempt: (from, email) => attempts.take(attemptKey(from, email)),
      withdraw: (from, email) => attempts.giveBack(attemptKey(from, email)),
      succeeded: (from, email) => attempts.clear(attemptKey(from, email)),
    },
  };
}

/** A hash, so that Redis holds no e-mail addresses and every key has one length. */
const attemptKey = (address: string, email: string): string =>
  createHash("sha256")
    .update(`${limitedAddress(address)} ${email.toLowerCase()}`)
    .digest("base64url");
