import { z } from "zod";

/** GET /health: the process runs. It says nothing about stores, so that a dead store restarts nobody. */
export const healthAnswer = z.object({
  status: z.literal("ok"),
  service: z.string(),
  version: z.string(),
  instance: z.string(),
  uptimeSeconds: z.number(),
});
export type Health = z.infer<typeof healthAnswer>;

/** GET /ready: 200 when `status` is ready, otherwise 503. */
export const readyAnswer = z.object({
  status: z.enum(["ready", "unavailable", "draining"]),
  service: z.string(),
  instance: z.string(),
  failing: z.array(z.string()).describe("The checks that failed"),
  checks: z.record(z.string(), z.string()).describe("ok, or why the check failed"),
});
export type Ready = z.infer<typeof readyAnswer>;
