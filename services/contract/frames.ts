/** The WebSocket protocol: one JSON object a text frame, told apart by `type`. */
import { z } from "zod";
import { userSchema } from "./accounts";
import { jobState } from "./jobs";
import { messageBody, messageSchema } from "./rooms";
import { identifier } from "./text";

export const clientFrame = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("auth"), token: z.string().min(1).max(4_096) }),
  z.strictObject({ type: z.literal("join"), room: identifier }),
  z.strictObject({ type: z.literal("leave"), room: identifier }),
  z.strictObject({ type: z.literal("message"), room: identifier, body: messageBody }),
]);
export type ClientFrame = z.infer<typeof clientFrame>;

/** Codes of `error` frames that no HTTP answer has; the others are problem codes. */
export const frameErrorCodes = [
  "malformed_frame",
  "already_authenticated",
  "not_joined",
  "too_many_rooms",
] as const;

export const serverFrame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("welcome"), user: userSchema, instance: z.string() }),
  z.object({
    type: z.literal("joined"),
    room: identifier,
    seq: z.number().int().min(0).describe("The room's last sequence number; later messages follow as frames"),
  }),
  z.object({ type: z.literal("left"), room: identifier }),
  messageSchema.extend({ type: z.literal("message") }),
  z.object({ type: z.literal("job"), id: identifier, state: jobState, progress: z.number() }),
  z.object({ type: z.literal("error"), code: z.string(), detail: z.string() }),
]);
export type ServerFrame = z.infer<typeof serverFrame>;

/** Close codes besides the standard ones (1009: frame too large; 1012: the server restarts, reconnect; 1013: a store is
 * away, reconnect later). */
export const closeCodes = {
  serviceRestart: 1012,
  tryAgainLater: 1013,
  unauthorized: 4401,
  authenticationTimeout: 4408,
  slowClient: 4413,
} as const;

/** Bytes, milliseconds and counts that both sides can rely on. */
export const socketLimits = {
  frameBytes: 64 * 1024,
  authenticationMilliseconds: 5_000,
  heartbeatMilliseconds: 25_000,
  /** Bytes waiting for a client that reads too slowly before it is closed with `slowClient`. */
  bufferedBytes: 1024 * 1024,
  roomsPerConnection: 100,
  /** Frames of one client that wait for earlier ones before the server stops reading from it. */
  queuedFrames: 32,
} as const;
