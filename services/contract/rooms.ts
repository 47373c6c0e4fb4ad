import { z } from "zod";
import { userSchema } from "./accounts";
import { identifier, text, timestamp } from "./text";

export const visibilities = ["public", "private"] as const;
export type Visibility = (typeof visibilities)[number];

/** What members may do: everybody reads and posts, moderators add and remove members, owners change the room. */
export const memberRoles = ["owner", "moderator", "member"] as const;
export const memberRole = z.enum(memberRoles);
export type MemberRole = z.infer<typeof memberRole>;

const roomName = text(120);

export const roomRequest = z.strictObject({
  name: roomName,
  visibility: z
    .enum(visibilities)
    .default("public")
    .describe(
      "Anybody who knows a public room's id may join it; a private one's members are added by others",
    ),
});
export type RoomRequest = z.infer<typeof roomRequest>;

export const roomChange = z
  .strictObject({ name: roomName.optional(), visibility: z.enum(visibilities).optional() })
  .refine((change) => Object.keys(change).length > 0, "must change something");
export type RoomChange = z.infer<typeof roomChange>;

export const roomSchema = z.object({
  id: identifier,
  name: z.string(),
  visibility: z.enum(visibilities),
  role: memberRole.nullable().describe("The caller's role; null in a public room that they have not joined"),
  lastSeq: z.number().int().min(0).describe("Sequence number of the last message"),
  createdAt: timestamp,
});
export type Room = z.infer<typeof roomSchema>;

/** Paging by the id of the last element of the page before. */
export const pageQuery = z.strictObject({
  after: identifier.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type PageQuery = z.infer<typeof pageQuery>;

const next = identifier.nullable().describe("`after` of the next page; null when this is the last one");

export const roomsAnswer = z.object({ rooms: z.array(roomSchema).describe("Those joined last first"), next });
export type RoomsPage = z.infer<typeof roomsAnswer>;

export const memberSchema = z.object({ user: userSchema, role: memberRole, joinedAt: timestamp });
export type Member = z.infer<typeof memberSchema>;

export const membersAnswer = z.object({
  members: z.array(memberSchema).describe("Those who joined first first"),
  next,
});
export type MembersPage = z.infer<typeof membersAnswer>;

export const memberRequest = z.strictObject({
  user: identifier.optional().describe("Who is added; the caller joins a public room when left out"),
  role: z.enum(["moderator", "member"]).default("member"),
});
export type MemberRequest = z.infer<typeof memberRequest>;

export const memberChange = z.strictObject({ role: memberRole });

export const messageBody = text(4_000);
export const messageRequest = z.strictObject({ body: messageBody });

export const sequence = z.number().int().positive().describe("1, 2, 3 ... within the room, without gaps");

export const messageSchema = z.object({
  id: identifier,
  room: identifier,
  seq: sequence,
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
