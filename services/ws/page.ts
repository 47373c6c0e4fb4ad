/** docs/websocket.md, from the schemas and limits that the server holds clients to. */
import { z } from "zod";
import {
  clientFrame,
  closeCodes,
  closeMeanings,
  frameErrorCodes,
  serverFrame,
  socketLimits,
} from "../contract/frames";
import { afterTables, beforeTables } from "./page-text";

type Options = readonly z.ZodObject[];

/** What a field holds, in JSON's words. */
function kind(schema: z.core.JSONSchema._JSONSchema): string {
  if (typeof schema === "boolean") return "anything";
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(", ");
  if (schema.type === "array") {
    const items = Array.isArray(schema.items) ? undefined : schema.items;
    return `list of ${items === undefined ? "values" : kind(items)}`;
  }
  if (schema.type === "object") return `{ ${Object.keys(schema.properties ?? {}).join(", ")} }`;
  const { minimum, maximum, minLength, maxLength } = schema;
  const words = schema.format === "uuid" ? "UUID" : schema.type === "integer" ? "whole number" : schema.type;
  const least = typeof schema.exclusiveMinimum === "number" ? schema.exclusiveMinimum + 1 : minimum;
  const bounded = typeof least === "number" && least > -1e15 ? ` from ${least}` : "";
  const capped = typeof maximum === "number" && maximum < Number.MAX_SAFE_INTEGER ? ` to ${maximum}` : "";
  const length = maxLength === undefined ? "" : `, ${minLength ?? 0} to ${maxLength} characters`;
  return `${words}${bounded}${capped}${length}`;
}

/** One section a frame: what it is for, and a table of its fields. */
function frames(options: Options): string[] {
  return options.flatMap((option) => {
    const schema = z.toJSONSchema(option, { io: "input", reused: "inline" });
    const properties = schema.properties ?? {};
    const { type } = properties;
    const name = typeof type === "object" ? String(type.const) : "";
    const rows = Object.entries(properties).flatMap(([field, value]) => {
      if (field === "type" || typeof value === "boolean") return [];
      const needed = schema.required?.includes(field) ? "" : "optional";
      return [
        `| \`${field}\` | ${kind(value)} | ${needed} | ${fieldMeaning(name, field, value.description)} |`,
      ];
    });
    const table =
      rows.length === 0 ? [] : ["| field | value | | meaning |", "| --- | --- | --- | --- |", ...rows, ""];
    const meaning = option.description === undefined ? [] : [`${option.description}.`, ""];
    return [`### \`${name}\``, "", ...meaning, ...table];
  });
}

const meanings: Readonly<Record<string, string>> = {
  room: "Id of the room",
  token: "Access token from the API",
  body: "The text",
  key: "The client's own name for the message: 1 to 64 letters, digits, `_`, `.`, `:` and `-`",
  after: "Number of the last message that the client has; 0 for all",
  user: "Whom it is about",
  "message.user": "Who wrote it",
  "welcome.user": "Whom the token names",
  instance: "The server's name among its replicas",
  "message.id": "Id of the message",
  "ack.id": "Id of the message",
  "job.id": "Id of the job",
  "ack.seq": "Its number in the room",
  sentAt: "When it was stored, in UTC",
  role: "What the caller is in the room",
  typing: "Whether they are typing; to be forgotten after a few seconds without a further frame",
  "presence.present": "Whether they follow the room now",
  kind: "Kind of the job",
  state: "State of the job",
  progress: "Percent",
  code: "See below; stays the same from version to version",
  detail: "A sentence for people",
  "error.room": "Room of the frame that was refused",
  "error.key": "Key of the frame that was refused",
};

function fieldMeaning(frame: string, field: string, description: string | undefined): string {
  const text = meanings[`${frame}.${field}`] ?? description ?? meanings[field];
  if (text === undefined) throw new Error(`nothing says what ${frame}.${field} means`);
  return text.replaceAll("|", "\\|");
}

const limitMeanings: Readonly<Record<keyof typeof socketLimits, string>> = {
  frameBytes: "Bytes of a client's frame; a larger one closes the connection with 1009",
  authenticationMilliseconds: "Milliseconds until the token must be there",
  heartbeatMilliseconds:
    "Milliseconds between two WebSocket pings of the server; who leaves one unanswered is cut",
  bufferedBytes: "Bytes that may wait for a client that reads slowly",
  roomsPerConnection: "Rooms that a connection may follow",
  queuedFrames: "Frames of one client that wait for earlier ones, before the server stops reading from it",
  replayedMessages: "Messages that one `join` replays",
  framesPerSecond: "Frames a second that a client may send in the long run, WebSocket pings among them",
  frameBurst: "Frames that it may send at once",
  refusedFrames: "Frames answered by `rate_limited` before the connection is closed with 4429",
  presenceMilliseconds: "Milliseconds after which a connection whose server died no longer counts as present",
};

const errorMeanings: Readonly<Record<(typeof frameErrorCodes)[number], string>> = {
  malformed_frame: "The frame does not match the protocol; `detail` says where.",
  not_joined: "The connection does not follow the room.",
  too_many_rooms: `The connection follows ${socketLimits.roomsPerConnection} rooms already.`,
};

const keys = <Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] =>
  Object.keys(record).filter((key): key is Key => key in record);

export function renderWebsocketPage(): string {
  return [
    ...beforeTables,
    "## Frames of the client",
    "",
    ...frames(clientFrame.options),
    "## Frames of the server",
    "",
    ...frames(serverFrame.options),
    "## Codes of `error`",
    "",
    "A frame that was refused changed nothing, and the connection goes on.",
    "",
    "| code | meaning |",
    "| --- | --- |",
    ...frameErrorCodes.map((code) => `| \`${code}\` | ${errorMeanings[code]} |`),
    "| `rate_limited` | Too many frames; this one was not carried out. Slow down and send it again. |",
    "| `room_not_found` | There is no such room, or it is private and the user is no member. |",
    "| `not_a_member` | The user's membership has ended. |",
    "| `idempotency_key_reused` | The key belongs to an earlier message with another text. |",
    "| `unauthorized` | The user of the token no longer exists. |",
    "| `store_unavailable` | A store does not answer. Send the frame again after a pause; a message under its key. |",
    "| `internal_error` | The server failed. A message under a key can be sent again. |",
    "",
    "## Close codes",
    "",
    "| code | name | meaning |",
    "| --- | --- | --- |",
    "| 1009 | | A frame was larger than the limit. |",
    ...keys(closeCodes).map((name) => `| ${closeCodes[name]} | ${name} | ${closeMeanings[name]} |`),
    "",
    "Any other code, 1006 above all, is a broken connection: connect again and resume.",
    "",
    "## Limits",
    "",
    "| limit | value | meaning |",
    "| --- | --- | --- |",
    ...keys(socketLimits).map((name) => `| ${name} | ${socketLimits[name]} | ${limitMeanings[name]} |`),
    "",
    ...afterTables,
  ].join("\n");
}
