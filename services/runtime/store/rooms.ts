import type pg from "pg";
import type { User } from "../../contract/accounts";
import { Problem } from "../../contract/problems";
import {
  type MemberRole,
  type PageQuery,
  type Room,
  type RoomChange,
  type RoomRequest,
  type RoomsPage,
  roomSchema,
  type Visibility,
} from "../../contract/rooms";
import { asPostgres } from "../unavailable";
import { type Actor, recordOf } from "./actor";
import { type Outcome, once, type Repeatable } from "./idempotency";
import { inTransaction, type Queryable } from "./transaction";
import { withKnownUser } from "./users";

/** What a user may do in a room, and how far it is. */
export interface Access {
  readonly role: MemberRole;
  readonly lastSeq: number;
}

/**
 * Rooms in PostgreSQL. Every method throws `store_unavailable` while PostgreSQL is away. A private room is
 * `room_not_found` to everybody but its members.
 */
export interface Rooms {
  /** Makes a room that the actor owns. */
  create(actor: Actor, room: RoomRequest, request?: Repeatable): Promise<Outcome<Room>>;
  /** The rooms that the user belongs to, those joined last first. */
  list(user: User, query: PageQuery): Promise<RoomsPage>;
  /** One room as the user sees it, joined or not. */
  get(user: User, room: string): Promise<Room>;
  /** Changes a room of the actor's. Throws `forbidden` for everybody but owners. */
  change(actor: Actor, room: string, change: RoomChange): Promise<Room>;
  /** The user's membership. Throws `room_not_found`, or `not_a_member` in a public room. */
  access(user: User, room: string): Promise<Access>;
  /** The same, but makes the user a member of a public room if they are not. */
  follow(user: User, room: string): Promise<Access>;
}

export function createRooms(pool: pg.Pool): Rooms {
  const access = async (user: User, room: string): Promise<Access> => {
    const { role, last_seq } = await findRoom(pool, user, room);
    if (role === null) throw notAMember();
    return { role, lastSeq: Number(last_seq) };
  };
  return {
    create: (actor, room, request) =>
      withKnownUser(() => once(pool, request, roomSchema, (client) => create(client, actor, room))),

    list: (user, { after, limit }) =>
      asPostgres(async () => {
        const { rows } = await pool.query<RoomRow>(
          `SELECT ${columns}
             FROM room_members JOIN rooms ON rooms.id = room_members.room_id
            WHERE room_members.user_id = $1
              AND ($2::uuid IS NULL OR (room_members.joined_at, room_members.room_id) < (
                    SELECT joined_at, room_id FROM room_members WHERE user_id = $1 AND room_id = $2))
            ORDER BY room_members.joined_at DESC, room_members.room_id DESC LIMIT $3`,
          [user.id, after ?? null, limit + 1],
        );
        if (rows.length === 0 && after !== undefined) await checkCursor(pool, after, user.id, after);
        const rooms = rows.slice(0, limit).map(toRoom);
        return { rooms, next: rows.length > limit ? (rooms.at(-1)?.id ?? null) : null };
      }),

    get: (user, room) => asPostgres(async () => toRoom(await findRoom(pool, user, room))),

    change: (actor, room, { name, visibility }) =>
      inTransaction(pool, async (client) => {
        await lockRoom(client, room);
        const before = await findRoom(client, actor.user, room);
        if (before.role !== "owner") throw new Problem("forbidden", "Only owners may change a room.");
        const after = { name: name ?? before.name, visibility: visibility ?? before.visibility };
        await client.query("UPDATE rooms SET name = $2, visibility = $3 WHERE id = $1", [
          room,
          after.name,
          after.visibility,
        ]);
        await recordOf(client, actor, "room.changed", room, after);
        return toRoom({ ...before, ...after });
      }),

    access: (user, room) => asPostgres(() => access(user, room)),

    follow: (user, room) =>
      asPostgres(async () => {
        const { role, last_seq } = await findRoom(pool, user, room);
        if (role !== null) return { role, lastSeq: Number(last_seq) };
        await withKnownUser(() =>
          inTransaction(pool, async (client) => {
            if (!(await joinPublic(client, user, room))) return;
            await recordOf(client, { user }, "member.added", room, { member: user.id, role: "member" });
          }),
        );
        // Asked again: the room may have been closed, or somebody else may have added the user in another role.
        return access(user, room);
      }),
  };
}

/** The owner's membership comes with the room: a trigger adds it. */
async function create(client: Queryable, actor: Actor, { name, visibility }: RoomRequest): Promise<Room> {
  const { rows } = await client.query<{ id: string; created_at: Date }>(
    "INSERT INTO rooms (name, visibility, created_by) VALUES ($1, $2, $3) RETURNING id, created_at",
    [name, visibility, actor.user.id],
  );
  const row = rows[0];
  if (row === undefined) throw new Error("the statement returned no row");
  await recordOf(client, actor, "room.created", row.id, { name, visibility });
  return toRoom({ ...row, name, visibility, role: "owner", last_seq: "0" });
}

/** Makes the user a member if the room is public and they are none; tells whether it did. */
export async function joinPublic(client: Queryable, user: User, room: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO room_members (room_id, user_id)
     SELECT id, $2 FROM rooms WHERE id = $1 AND visibility = 'public' ON CONFLICT DO NOTHING`,
    [room, user.id],
  );
  return rowCount === 1;
}

/**
 * Has changes of a room and of its members wait for each other until the transaction ends. A statement of its own: one
 * that waits for a lock goes on with what it saw before.
 */
export async function lockRoom(client: Queryable, room: string): Promise<void> {
  await client.query("SELECT FROM rooms WHERE id = $1 FOR NO KEY UPDATE", [room]);
}

/** Throws `validation_failed` when the membership that a page shall start after is gone, or never was. */
export async function checkCursor(
  client: Queryable,
  room: string,
  user: string,
  after: string,
): Promise<void> {
  const { rowCount } = await client.query("SELECT FROM room_members WHERE room_id = $1 AND user_id = $2", [
    room,
    user,
  ]);
  if (rowCount === 1) return;
  const message = `${after} is not in the list any more; start again from the first page`;
  throw new Problem("validation_failed", `query.after: ${message}`, {
    errors: [{ path: "query.after", message }],
  });
}

interface RoomRow {
  readonly id: string;
  readonly name: string;
  readonly visibility: Visibility;
  readonly role: MemberRole | null;
  readonly last_seq: string;
  readonly created_at: Date;
}

const columns =
  "rooms.id, rooms.name, rooms.visibility, room_members.role, rooms.last_seq, rooms.created_at" as const;

/** The room and the user's role in it. Throws `room_not_found` when there is none, or none for the user. */
export async function findRoom(client: Queryable, user: User, room: string): Promise<RoomRow> {
  const { rows } = await client.query<RoomRow>(
    `SELECT ${columns}
       FROM rooms LEFT JOIN room_members ON room_members.room_id = rooms.id AND room_members.user_id = $2
      WHERE rooms.id = $1`,
    [room, user.id],
  );
  const row = rows[0];
  if (row === undefined || (row.role === null && row.visibility === "private")) throw roomNotFound(room);
  return row;
}

const toRoom = (row: RoomRow): Room => ({
  id: row.id,
  name: row.name,
  visibility: row.visibility,
  role: row.role,
  lastSeq: Number(row.last_seq),
  createdAt: row.created_at.toISOString(),
});

export const roomNotFound = (room: string): Problem =>
  new Problem("room_not_found", `There is no room ${room}.`);

export const notAMember = (): Problem => new Problem("not_a_member", "Join the room first.");
