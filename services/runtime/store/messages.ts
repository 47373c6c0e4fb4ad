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
import { type GroupLimits, grouped } from "../grouped";
import { postgresTimeouts } from "../postgres";
import { asPostgres, StoreUnavailable } from "../unavailable";
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

/** Messages that one statement stores, and statements at once: the rest of the pool is for reads. */
const groups: GroupLimits = { atOnce: 2, most: 50, patience: postgresTimeouts.connection };

export function createMessages(pool: pg.Pool): Messages {
  const postGrouped = grouped(
    (drafts: readonly Draft[]) => postEach(pool, drafts),
    () => new StoreUnavailable("postgres", new Error("earlier messages are still being stored")),
    groups,
  );
  return {
    async post(user, room, body, key) {
      const posted = await postGrouped({ user, room, body, key });
      if (posted instanceof Error) throw posted;
      return posted;
    },
    async postOnce(user, room, body, request) {
      let outboxId: string | undefined;
      const { value, replayed } = await withKnownUser(() =>
        once(pool, request, messageSchema, async (client) => {
          const posted = await postOne(client, { user, room, body, key: undefined });
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

/** A message that is not stored yet. */
interface Draft {
  readonly user: User;
  readonly room: string;
  readonly body: string;
  readonly key: string | undefined;
}

/** A message, or why it was not stored. */
type Outcome = Posted | Error;

interface PostedRow extends Omit<MessageRow, "user_id"> {
  /** Which of the drafts, from 1. */
  readonly place: string;
  readonly problem: ProblemCode | null;
  readonly replayed: boolean;
  readonly outbox_id: string | null;
}

/** Stores drafts together. One that PostgreSQL takes for a mistake keeps no other from being stored. */
async function postEach(pool: pg.Pool, drafts: readonly Draft[]): Promise<Outcome[]> {
  try {
    return await asPostgres(() => postAll(pool, drafts));
  } catch (error) {
    if (drafts.length === 1 || error instanceof StoreUnavailable) throw error;
    // The statement has left nothing behind.
    return Promise.all(
      drafts.map((draft) => asPostgres(() => postOne(pool, draft)).catch((mistake: Error) => mistake)),
    );
  }
}

async function postOne(client: Queryable, draft: Draft): Promise<Posted> {
  const [outcome = new Error("nothing was posted")] = await postAll(client, [draft]);
  if (outcome instanceof Error) throw outcome;
  return outcome;
}

/** One statement and one commit. In the order of rooms, so that two groups never wait for each other. */
async function postAll(client: Queryable, drafts: readonly Draft[]): Promise<Outcome[]> {
  const { rows } = await client.query<PostedRow>({
    name: "post-messages",
    text: `SELECT place, problem, replayed, id, seq, user_name, posted.body, sent_at, outbox_id
      FROM (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])
              WITH ORDINALITY AS draft (room, author, body, key, place) ORDER BY room, place OFFSET 0) AS draft
      CROSS JOIN LATERAL post_message(room, author, draft.body, key) AS posted`,
    values: [
      drafts.map(({ room }) => room),
      drafts.map(({ user }) => user.id),
      drafts.map(({ body }) => body),
      drafts.map(({ key }) => key ?? null),
    ],
  });
  const byPlace = new Map(rows.map((row) => [Number(row.place), row]));
  return drafts.map((draft, index) => outcomeOf(draft, byPlace.get(index + 1)));
}

function outcomeOf({ room, user }: Draft, row: PostedRow | undefined): Outcome {
  if (row === undefined) return new Error("post_message returned no row");
  if (row.problem !== null)
    return new Problem(row.problem, refusals[row.problem] ?? "The message was refused.");
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
