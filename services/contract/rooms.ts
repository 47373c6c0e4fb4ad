import { z } from "zod";
import { userSchema } from "./accounts";
import { identifier, text, timestamp } from "./text";

export const roomRequest = z.strictObject({ name: text(120) });

export const roomSchema = z.object({ id: identifier, name: z.string(), createdAt: timestamp });
export type Room = z.infer<typeof roomSchema>;

export const messageBody = text(4_000);
export const messageRequest = z.strictObject({ body: messageBody });

export const messageSchema = z.object({
  id: identifier,
  room: identifier,
  seq: z.number().int().positive().describe("1, 2, 3 ... within the room, without gaps"),
  user: userSchema,
  body: z.string(),
  sentAt: timestamp,
});
export type Message = z.infer<typeof messageSchema>;

export const messagesQuery = z.strictObject({
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type MessagesQuery = z.infer<typeof messagesQuery>;

export const messagesAnswer = z.object({
  messages: z.array(messageSchema).describe("Ascending by seq"),
  next: z.number().int().nullable().describe("`after` of the next page; null when this is the last one"),
});
export type MessagesPage = z.infer<typeof messagesAnswer>;
