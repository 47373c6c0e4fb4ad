import type pg from "pg";
import type { User } from "../../contract/accounts";
import { Problem, type ProblemCode } from "../../contract/problems";
import {
  type MemberRole,
  type Message,
  type MessagesPage,
  type MessagesQuery,
  messageSchema,
  type Visibility,
} from "../../contract/rooms";
import { asPostgres } from "../unavailable";
import { once, type Repeatable } from "./idempotency";
import { notAMember, roomNotFound } from "./rooms";
import type { Queryable } from "./transaction";
import { withKnownUser } from "./users";

/** A stored message, and what is left to do about it. */
export interface Posted {
  readonly message: Message;
  /** An earlier request stored it. */
  readonly replayed: boolean;
  /** Row of the outbox: whoever announces the message removes it. Undefined when it was announced before. */
  readonly outboxId: string | undefined;
}

/** Messages in PostgreSQL. Every method throws `store_unavailable` while PostgreSQL is away. */
export interface Messages {
  /**
   * Stores a message under the room's next sequence number; under a `key` of the user's, once in the room. Throws
   * `room_not_found`, `not_a_member`, `idempotency_key_reused`, or `unauthorized` when the user is gone.
   */
  post(user: User, room: string, body: string, key?: string): Promise<Posted>;
  /** The same for a request with an Idempotency-Key. */
  postOnce(user: User, room: string, body: string, request: Repeatable): Promise<Posted>;
  /** Messages with a higher number than `after`, ascending. The caller has checked who asks. */
  after(room: string, query: MessagesQuery): Promise<MessagesPage>;
  /** The same for a user whose membership is not known yet. Throws `room_not_found` or `not_a_member`. */
  page(user: User, room: string, query: MessagesQuery): Promise<MessagesPage>;
}

export function createMessages(pool: pg.Pool): Messages {
  return {
    post: (user, room, body, key) => asPostgres(() => post(pool, user, room, body, key)),
    async postOnce(user, room, body, request) {
      let outboxId: string | undefined;
      const { value, replayed } = await withKnownUser(() =>
        once(pool, request, messageSchema, async (client) => {
          const posted = await post(client, user, room, body, undefined);
          outboxId = posted.outboxId;
          return posted.message;
        }),
      );
      return { message: value, replayed, outboxId: replayed ? undefined : outboxId };
    },
    after: (room, { after, limit }) =>
      asPostgres(async () => {
        const { rows } = await pool.query<MessageRow>(
          `SELECT messages.id, seq, user_id, users.name AS user_name, body, sent_at
             FROM messages JOIN users ON users.id = user_id
            WHERE room_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
          [room, after, limit + 1],
        );
        return toPage(room, rows, limit);
      }),
    page: (user, room, { after, limit }) =>
      asPostgres(async () => {
        // One round trip for the right and the page: a room without messages to show is one row of nulls.
        const { rows } = await pool.query<PageRow>({
          name: "messages-page",
          text: `SELECT rooms.visibility, room_members.role, page.id, seq, page.user_id, user_name, body, sent_at
             FROM rooms
             LEFT JOIN room_members ON room_members.room_id = rooms.id AND room_members.user_id = $2
             LEFT JOIN LATERAL (
               SELECT messages.id, seq, messages.user_id, users.name AS user_name, body, sent_at
                 FROM messages JOIN users ON users.id = messages.user_id
                WHERE messages.room_id = rooms.id AND seq > $3 ORDER BY seq LIMIT $4
             ) AS page ON room_members.role IS NOT NULL
            WHERE rooms.id = $1 ORDER BY seq`,
          values: [room, user.id, after, limit + 1],
        });
        const first = rows[0];
        if (first === undefined) throw roomNotFound(room);
        if (first.role === null) throw first.visibility === "private" ? roomNotFound(room) : notAMember();
        return toPage(room, rows.filter(hasMessage), limit);
      }),
  };
}

interface MessageRow {
  readonly id: string;
  readonly seq: string;
  readonly user_id: string;
  readonly user_name: string;
  readonly body: string;
  readonly sent_at: Date;
}

/** What of a message is null where there is none. */
type PageRow = (MessageRow | { readonly seq: null }) & {
  readonly visibility: Visibility;
  readonly role: MemberRole | null;
};

const hasMessage = (row: PageRow): row is PageRow & MessageRow => row.seq !== null;

function toPage(room: string, rows: readonly MessageRow[], limit: number): MessagesPage {
  const messages = rows.slice(0, limit).map((row) => toMessage(room, row));
  return { messages, next: rows.length > limit ? (messages.at(-1)?.seq ?? null) : null };
}

interface PostedRow extends Omit<MessageRow, "user_id"> {
  readonly problem: ProblemCode | null;
  readonly replayed: boolean;
  readonly outbox_id: string | null;
}

async function post(
  client: Queryable,
  user: User,
  room: string,
  body: string,
  key: string | undefined,
): Promise<Posted> {
  const { rows } = await client.query<PostedRow>({
    name: "post-message",
    text: "SELECT problem, replayed, id, seq, user_name, body, sent_at, outbox_id FROM post_message($1, $2, $3, $4)",
    values: [room, user.id, body, key ?? null],
  });
  const row = rows[0];
  if (row === undefined) throw new Error("post_message returned no row");
  if (row.problem !== null)
    throw new Problem(row.problem, refusals[row.problem] ?? "The message was refused.");
  return {
    message: toMessage(room, { ...row, user_id: user.id }),
    replayed: row.replayed,
    outboxId: row.outbox_id ?? undefined,
  };
}

const refusals: Partial<Record<ProblemCode, string>> = {
  room_not_found: "There is no such room.",
  not_a_member: "Join the room before posting to it.",
  idempotency_key_reused: "This key belongs to an earlier message with another text; use a new key.",
  unauthorized: "The user of this token no longer exists; sign in again.",
};

const toMessage = (room: string, row: MessageRow): Message => ({
  id: row.id,
  room,
  seq: Number(row.seq),
  user: { id: row.user_id, name: row.user_name },
  body: row.body,
  sentAt: row.sent_at.toISOString(),
});
