import type { Count } from "../../../../../services/runtime/counter";
import type { RateLimits, RequestLimits } from "../../../../../services/runtime/rate-limits";

interface Fake extends RateLimits {
  /** What was counted, by key. */
  readonly counted: ReadonlyMap<string, number>;
}

/** Limits that never start anew. */
export function memoryRateLimits({ user, address }: RequestLimits = { user: 1_000, address: 1_000 }): Fake {
  const counted = new Map<string, number>();
  const take = async (key: string, limit: number): Promise<Count> => {
    const count = (counted.get(key) ?? 0) + 1;
    counted.set(key, count);
    return { allowed: count <= limit, limit, remaining: Math.max(0, limit - count), resetSeconds: 42 };
  };
  const signIn = (from: string, email: string) => `sign-in ${from} ${email}`;
  return {
    counted,
    request: (userId, from) => (userId === undefined ? take(`address ${from}`, address) : take(userId, user)),
    signIn: {
      attempt: (from, email) => take(signIn(from, email), 10),
      async withdraw(from, email) {
        counted.set(signIn(from, email), (counted.get(signIn(from, email)) ?? 1) - 1);
      },
      succeeded: async (from, email) => void counted.delete(signIn(from, email)),
    },
  };
}
