import pg from "pg";
import type { User } from "../../contract/accounts";
import { Problem } from "../../contract/problems";
import {
  type Message,
  type MessagesPage,
  type MessagesQuery,
  messageSchema,
  type Room,
  roomSchema,
} from "../../contract/rooms";
import { asPostgres } from "../unavailable";
import { type Outcome, once, type Repeatable } from "./idempotency";

/** What the services keep in PostgreSQL. Every method throws `store_unavailable` while PostgreSQL is away. */
export interface Store {
  createGuest(name: string): Promise<User>;
  createRoom(user: User, name: string, request?: Repeatable): Promise<Outcome<Room>>;
  /** Sequence number of the room's last message. Throws `room_not_found`. */
  lastSequence(room: string): Promise<number>;
  /** Stores the message under the room's next sequence number. Throws `room_not_found`. */
  postMessage(user: User, room: string, body: string, request?: Repeatable): Promise<Outcome<Message>>;
  /** Messages with a higher sequence number than `after`, ascending. Throws `room_not_found`. */
  listMessages(room: string, query: MessagesQuery): Promise<MessagesPage>;
}

export function createStore(pool: pg.Pool): Store {
  return {
    createGuest: (name) =>
      asPostgres(async () => {
        const { rows } = await pool.query<{ id: string }>(
          "INSERT INTO users (name, guest) VALUES ($1, true) RETURNING id",
          [name],
        );
        return { id: one(rows).id, name };
      }),

    createRoom: (user, name, request) =>
      withKnownUser(() =>
        once(pool, request, roomSchema, async (client) => {
          const { rows } = await client.query<{ id: string; created_at: Date }>(
            "INSERT INTO rooms (name, created_by) VALUES ($1, $2) RETURNING id, created_at",
            [name, user.id],
          );
          const { id, created_at } = one(rows);
          return { id, name, createdAt: created_at.toISOString() };
        }),
      ),

    lastSequence: (room) =>
      asPostgres(async () => {
        const { rows } = await pool.query<{ last_seq: string }>("SELECT last_seq FROM rooms WHERE id = $1", [
          room,
        ]);
        return Number(one(rows, () => roomNotFound(room)).last_seq);
      }),

    postMessage: (user, room, body, request) =>
      withKnownUser(() =>
        once(pool, request, messageSchema, async (client) => {
          const { rows } = await client.query<{ id: string; seq: string; sent_at: Date }>(
            "SELECT id, seq, sent_at FROM post_message($1, $2, $3)",
            [room, user.id, body],
          );
          const { id, seq, sent_at } = one(rows, () => roomNotFound(room));
          return { id, room, seq: Number(seq), user, body, sentAt: sent_at.toISOString() };
        }),
      ),

    listMessages: (room, { after, limit }) =>
      asPostgres(async () => {
        const { rows } = await pool.query<MessageRow>(
          `SELECT messages.id, seq, user_id, users.name AS user_name, body, sent_at
             FROM messages JOIN users ON users.id = user_id
            WHERE room_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
          [room, after, limit + 1],
        );
        if (rows.length === 0) await assertRoom(pool, room);
        const messages = rows.slice(0, limit).map((row) => toMessage(room, row));
        return { messages, next: rows.length > limit ? (messages.at(-1)?.seq ?? null) : null };
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

const toMessage = (room: string, row: MessageRow): Message => ({
  id: row.id,
  room,
  seq: Number(row.seq),
  user: { id: row.user_id, name: row.user_name },
  body: row.body,
  sentAt: row.sent_at.toISOString(),
});

async function assertRoom(pool: pg.Pool, room: string): Promise<void> {
  const { rows } = await pool.query("SELECT 1 FROM rooms WHERE id = $1", [room]);
  one(rows, () => roomNotFound(room));
}

const roomNotFound = (room: string): Problem => new Problem("room_not_found", `There is no room ${room}.`);

/** The first row. Throws what `absent` makes when there is none. */
function one<Row>(rows: readonly Row[], absent?: () => Error): Row {
  const row = rows[0];
  if (row === undefined) throw absent?.() ?? new Error("the statement returned no row");
  return row;
}

const foreignKeyViolation = "23503";

/** A token outlives its user when the database was replaced: signing in again is what helps. */
async function withKnownUser<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === foreignKeyViolation) {
      throw new Problem("unauthorized", "The user of this token no longer exists; sign in again.");
    }
    throw error;
  }
}
