import { z } from "zod";
import { timestamp } from "./text";

const count = z.number().int().min(0);

/** Figures of the whole deployment, for users with the role admin. */
export const statisticsAnswer = z.object({
  takenAt: timestamp,
  users: count,
  guests: count,
  rooms: count,
  messages: count,
  messagesLastDay: count,
  sessions: count.describe("That have not ended or expired"),
  jobs: z.record(z.string(), count).describe("By BullMQ's states"),
});
export type StatisticsAnswer = z.infer<typeof statisticsAnswer>;

/** What the audit table records, as `<what>.<done>`. */
export const auditActions = [
  "user.signed_up",
  "user.signed_in",
  "user.sign_in_failed",
  "user.signed_out",
  "user.renamed",
  "user.promoted",
  "session.refresh_reused",
  "room.created",
  "room.changed",
  "member.added",
  "member.changed",
  "member.removed",
  "job.created",
  "job.cancelled",
  "file.created",
  "payment.received",
] as const;
export type AuditAction = (typeof auditActions)[number];
