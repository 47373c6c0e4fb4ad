import { setTimeout as sleep } from "node:timers/promises";
import type { JobProcessor } from "./processor";

/** Pauses as often as it was asked to, then answers with its input's value. */
export const echo: JobProcessor<"echo"> = async ({ value, steps, stepMilliseconds }, context) => {
  for (let step = 1; step <= steps; step += 1) {
    if (stepMilliseconds > 0) await sleep(stepMilliseconds, undefined, { signal: context.signal });
    context.progress((step / steps) * 100);
  }
  return value;
};
