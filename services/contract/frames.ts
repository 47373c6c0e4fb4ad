/** The WebSocket protocol: one JSON object a text frame, told apart by `type`. docs/websocket.md is its page. */
import { z } from "zod";
import { userSchema } from "./accounts";
import { jobState } from "./jobs";
import { memberRole, messageBody, messageSchema, sequence } from "./rooms";
import { identifier } from "./text";

/** Subprotocol of the server. A client may send its access token as a second one, `token.<access token>`. */
export const subprotocol = "backline.v1";
export const tokenSubprotocolPrefix = "token.";

/** A client's own name for a message: a message that is sent again under it is stored once. */
export const messageKey = z.string().regex(/^[\w.:-]{1,64}$/, "must be 1 to 64 letters, digits or _ . : -");

export const clientFrame = z.discriminatedUnion("type", [
  z
    .strictObject({ type: z.literal("auth"), token: z.string().min(1).max(4_096) })
    .describe("First frame, unless the subprotocol carried the token; later: a fresh token of the same user"),
  z
    .strictObject({
      type: z.literal("join"),
      room: identifier,
      after: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
    })
    .describe(
      "Follow a room; a public one is joined. With `after`: messages with a higher number come first",
    ),
  z.strictObject({ type: z.literal("leave"), room: identifier }).describe("Stop following; membership stays"),
  z
    .strictObject({
      type: z.literal("message"),
      room: identifier,
      body: messageBody,
      key: messageKey.optional(),
    })
    .describe("Post a message to a room that is followed; with a key it is answered by `ack`"),
  z
    .strictObject({ type: z.literal("typing"), room: identifier, typing: z.boolean() })
    .describe("Tell the others in the room; forgotten after a few seconds"),
  z
    .strictObject({ type: z.literal("ping") })
    .describe("Answered by `pong`: lets a browser see a dead connection"),
]);
export type ClientFrame = z.infer<typeof clientFrame>;

/** Codes of `error` frames that no HTTP answer has; the others are problem codes. */
export const frameErrorCodes = ["malformed_frame", "not_joined", "too_many_rooms"] as const;

export const serverFrame = z.discriminatedUnion("type", [
  z
    .object({ type: z.literal("welcome"), user: userSchema, instance: z.string() })
    .describe("The token was accepted, at first or again"),
  z
    .object({
      type: z.literal("joined"),
      room: identifier,
      role: memberRole,
      seq: z
        .number()
        .int()
        .min(0)
        .describe("Messages up to this one are out: replayed, or to be read from the API; later ones follow"),
      missed: z
        .number()
        .int()
        .min(0)
        .describe("Messages after `after` that were too many to replay: read them from the API"),
      present: z.array(userSchema).describe("Who follows the room now, the caller among them"),
    })
    .describe("Sent after the replayed messages, before any later one"),
  z.object({ type: z.literal("left"), room: identifier }),
  messageSchema
    .extend({ type: z.literal("message") })
    .describe("In the order of `seq`, each once on a connection, without gaps"),
  z
    .object({ type: z.literal("ack"), room: identifier, key: messageKey, id: identifier, seq: sequence })
    .describe("The message under this key is stored"),
  z.object({ type: z.literal("typing"), room: identifier, user: userSchema, typing: z.boolean() }),
  z
    .object({ type: z.literal("presence"), room: identifier, user: userSchema, present: z.boolean() })
    .describe("Somebody's first connection has come, or the last one gone"),
  z
    .object({
      type: z.literal("job"),
      id: identifier,
      kind: z.string(),
      state: jobState,
      progress: z.number(),
    })
    .describe("To every connection of the job's owner"),
  z.object({ type: z.literal("pong") }),
  z
    .object({
      type: z.literal("error"),
      code: z.string(),
      detail: z.string(),
      room: identifier.optional(),
      key: messageKey.optional(),
    })
    .describe("A frame was not carried out; room and key are those of the frame"),
]);
export type ServerFrame = z.infer<typeof serverFrame>;

/** Close codes besides the standard ones (1009: frame too large). */
export const closeCodes = {
  serviceRestart: 1012,
  tryAgainLater: 1013,
  unauthorized: 4401,
  authenticationTimeout: 4408,
  slowClient: 4413,
  tooManyFrames: 4429,
} as const;

/** What clients do after each close code. */
export const closeMeanings: Readonly<Record<keyof typeof closeCodes, string>> = {
  serviceRestart: "The server restarts: connect again at once and resume.",
  tryAgainLater: "A store is away: connect again with growing pauses and resume.",
  unauthorized:
    "The token is not valid, has expired, or its session was ended: refresh it, then connect again.",
  authenticationTimeout: "No auth frame came in time.",
  slowClient: "The client read too slowly: connect again and resume.",
  tooManyFrames: "The client sent frames faster than the limit for too long.",
};

/** Bytes, milliseconds and counts that both sides can rely on. */
export const socketLimits = {
  frameBytes: 64 * 1024,
  authenticationMilliseconds: 5_000,
  /** Server to client, as WebSocket pings; a client that misses one is cut. */
  heartbeatMilliseconds: 25_000,
  /** Bytes waiting for a client that reads too slowly before it is closed with `slowClient`. */
  bufferedBytes: 1024 * 1024,
  roomsPerConnection: 100,
  /** Frames of one client that wait for earlier ones before the server stops reading from it. */
  queuedFrames: 32,
  /** Messages that `join` replays at most. */
  replayedMessages: 1_000,
  /** Frames a second that a connection may send in the long run, and at once. */
  framesPerSecond: 50,
  frameBurst: 200,
  /** Frames over the limit, answered by `rate_limited`, after which the connection is closed. */
  refusedFrames: 100,
  /** After this long without a sign of life a connection no longer counts as present. */
  presenceMilliseconds: 60_000,
} as const;
