import { keyReused, type Outcome, type Repeatable } from "../../../../../services/runtime/store/idempotency";

/** What the table of idempotency keys does, in memory. */
export function memoryOnce() {
  const kept = new Map<string, { fingerprint: string; value: unknown }>();
  return async <T>(request: Repeatable | undefined, make: () => T): Promise<Outcome<T>> => {
    if (request === undefined) return { value: make(), replayed: false };
    const slot = `${request.userId} ${request.key}`;
    const earlier = kept.get(slot);
    if (earlier !== undefined) {
      if (earlier.fingerprint !== request.fingerprint) throw keyReused();
      return { value: earlier.value as T, replayed: true };
    }
    const value = make();
    kept.set(slot, { fingerprint: request.fingerprint, value });
    return { value, replayed: false };
  };
}

export type Once = ReturnType<typeof memoryOnce>;
