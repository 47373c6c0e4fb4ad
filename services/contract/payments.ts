import { z } from "zod";

/** Seconds that a webhook may be old: an older one is a replay, or the clock is wrong. */
export const webhookToleranceSeconds = 300;

export const webhookAnswer = z.object({ received: z.literal(true) });
