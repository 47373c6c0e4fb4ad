import { setImmediate } from "node:timers/promises";

/** What came of something that was done again and again. */
export interface Repeated {
  /** How often it succeeded. */
  readonly done: number;
  /** What ended it before it was stopped; undefined: nothing did. */
  readonly failure: unknown;
}

/** Does something again and again while `meanwhile` runs, until it fails. */
export async function repeatDuring(
  work: () => Promise<unknown>,
  meanwhile: () => Promise<void>,
): Promise<Repeated> {
  let done = 0;
  let failure: unknown;
  let stopped = false;
  const loop = async (): Promise<void> => {
    while (!stopped) {
      try {
        await work();
        done += 1;
      } catch (error) {
        failure = error ?? new Error("it failed without a reason");
        return;
      }
      // Work that is done without waiting would leave `meanwhile` no turn, and this would never end.
      await setImmediate();
    }
  };
  const ended = loop();
  try {
    await meanwhile();
  } finally {
    stopped = true;
    await ended;
  }
  return { done, failure };
}
