/** Ends a process in order: the first signal drains, a second one ends it at once. */
import type { Logger } from "./log";
import { within } from "./time";

export interface ShutdownStep {
  readonly name: string;
  readonly run: () => Promise<unknown> | unknown;
}

export interface ShutdownOptions {
  readonly log: Pick<Logger, "info" | "error" | "warn">;
  readonly drainSeconds: number;
  /** Run one after the other; a step that fails or takes too long does not keep the next from running. */
  readonly steps: readonly ShutdownStep[];
  readonly exit: (code: number) => void;
}

/** Seconds after the drain in which the remaining steps must end. */
const graceSeconds = 5;

/** Handler of SIGTERM and SIGINT: exits 0 when every step went well, otherwise 1. */
export function createShutdown({
  log,
  drainSeconds,
  steps,
  exit,
}: ShutdownOptions): (signal: string) => Promise<void> {
  let started = false;
  return async (signal) => {
    if (started) {
      log.warn({ signal }, "second signal: ending at once");
      exit(1);
      return;
    }
    started = true;
    log.info({ signal, drainSeconds }, "draining");
    const deadline = Date.now() + (drainSeconds + graceSeconds) * 1_000;
    let failed = false;
    for (const step of steps) {
      try {
        const left = Math.max(100, deadline - Date.now());
        await within(left, Promise.resolve().then(step.run), "took too long");
      } catch (error) {
        failed = true;
        log.error({ err: error, step: step.name }, "a step of the shutdown failed");
      }
    }
    log.info({ failed }, "stopped");
    exit(failed ? 1 : 0);
  };
}
