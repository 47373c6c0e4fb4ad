/**
 * What is announced about committed changes. A row of the table `outbox` is written in the transaction of the change;
 * the process that wrote it announces it and removes the row, and what is left after a moment the worker announces. So
 * everything is announced at least once, and consumers drop what they have seen: by room and sequence number, by the
 * job's id, by the event's id.
 */
import { z } from "zod";
import { identifier } from "./text";

export const outboxEvent = z.discriminatedUnion("topic", [
  z.object({
    topic: z.literal("message"),
    payload: z.object({ room: identifier, seq: z.number().int().positive() }),
  }),
  z.object({
    topic: z.literal("email"),
    payload: z.object({ template: z.enum(["welcome"]), to: z.string(), name: z.string() }),
  }),
]);
export type OutboxEvent = z.infer<typeof outboxEvent>;

/** Milliseconds that the process that wrote a row has to announce it before the worker does. */
export const outboxPatience = 2_000;
