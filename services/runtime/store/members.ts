import type pg from "pg";
import type { User } from "../../contract/accounts";
import { Problem } from "../../contract/problems";
import {
  type Member,
  type MemberRequest,
  type MemberRole,
  type MembersPage,
  memberSchema,
  type PageQuery,
  type Visibility,
} from "../../contract/rooms";
import { asPostgres } from "../unavailable";
import { type Actor, recordOf } from "./actor";
import { type Outcome, once, type Repeatable } from "./idempotency";
import { mayAdd, mayChangeRoles, mayRemove } from "./member-rights";
import { checkCursor, lockRoom, notAMember, roomNotFound } from "./rooms";
import { inTransaction, type Queryable } from "./transaction";
import { withKnownUser } from "./users";

/**
 * Who belongs to a room, in PostgreSQL. Every method throws `store_unavailable` while PostgreSQL is away. A private
 * room is `room_not_found` to everybody but its members.
 */
export interface Members {
  /** Those who joined first first. Throws `not_a_member` for others in a public room. */
  list(user: User, room: string, query: PageQuery): Promise<MembersPage>;
  /**
   * Adds somebody, or has the actor join a public room. Throws `forbidden`, `already_a_member`, `user_not_found`, or
   * `unauthorized` when the actor's account is gone.
   */
  add(actor: Actor, room: string, member: MemberRequest, request?: Repeatable): Promise<Outcome<Member>>;
  /** Throws `forbidden`, `member_not_found`, or `last_owner`. */
  change(actor: Actor, room: string, user: string, role: MemberRole): Promise<Member>;
  /** Removes somebody, or has the actor leave. Throws `forbidden`, `member_not_found`, or `last_owner`. */
  remove(actor: Actor, room: string, user: string): Promise<void>;
}

export function createMembers(pool: pg.Pool): Members {
  return {
    list: (user, room, { after, limit }) =>
      asPostgres(async () => {
        const { role } = await situation(pool, room, user.id, user.id);
        if (role === null) throw notAMember();
        const { rows } = await pool.query<MemberRow>(
          `SELECT users.id, users.name, room_members.role, room_members.joined_at
             FROM room_members JOIN users ON users.id = room_members.user_id
            WHERE room_members.room_id = $1
              AND ($2::uuid IS NULL OR (room_members.joined_at, room_members.user_id) > (
                    SELECT joined_at, user_id FROM room_members WHERE room_id = $1 AND user_id = $2))
            ORDER BY room_members.joined_at, room_members.user_id LIMIT $3`,
          [room, after ?? null, limit + 1],
        );
        if (rows.length === 0 && after !== undefined) await checkCursor(pool, room, after, after);
        const members = rows.slice(0, limit).map(toMember);
        return { members, next: rows.length > limit ? (members.at(-1)?.user.id ?? null) : null };
      }),

    add: (actor, room, { user = actor.user.id, role }, request) =>
      withKnownUser(() =>
        once(pool, request, memberSchema, async (client) => {
          await lockRoom(client, room);
          const now = await situation(client, room, actor.user.id, user);
          const alone = user === actor.user.id;
          if (now.name === null) throw alone ? userIsGone() : userNotFound(user);
          // Rights come first: who may not add does not learn who is a member.
          const rejoins = alone && now.targetRole !== null;
          if (!rejoins && !mayAdd({ role: now.role, alone, added: role })) {
            throw new Problem("forbidden", mayNotAdd);
          }
          if (now.targetRole !== null) throw alreadyAMember(alone);
          const { rows } = await client.query<{ joined_at: Date }>(
            "INSERT INTO room_members (room_id, user_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING joined_at",
            [room, user, role],
          );
          const row = rows[0];
          // A connection that follows a public room joins without the room's lock.
          if (row === undefined) throw alreadyAMember(alone);
          await recordOf(client, actor, "member.added", room, { member: user, role });
          return toMember({ id: user, name: now.name, role, joined_at: row.joined_at });
        }),
      ),

    change: (actor, room, user, role) =>
      inTransaction(pool, async (client) => {
        await lockRoom(client, room);
        const now = await situation(client, room, actor.user.id, user);
        if (!mayChangeRoles(now.role)) throw new Problem("forbidden", "Only owners may change roles.");
        const { targetRole, name, joinedAt } = now;
        if (targetRole === null || name === null || joinedAt === null) throw memberNotFound(user);
        if (targetRole !== role) {
          if (targetRole === "owner") await checkOtherOwner(client, room, user);
          await client.query("UPDATE room_members SET role = $3 WHERE room_id = $1 AND user_id = $2", [
            room,
            user,
            role,
          ]);
          await recordOf(client, actor, "member.changed", room, { member: user, role, before: targetRole });
        }
        return toMember({ id: user, name, role, joined_at: joinedAt });
      }),

    remove: (actor, room, user) =>
      inTransaction(pool, async (client) => {
        await lockRoom(client, room);
        const { role, targetRole } = await situation(client, room, actor.user.id, user);
        const alone = user === actor.user.id;
        if (!alone && !mayRemove(role, targetRole)) {
          throw new Problem("forbidden", "Owners remove members; moderators only those without a role.");
        }
        if (targetRole === null) throw memberNotFound(user);
        if (targetRole === "owner") await checkOtherOwner(client, room, user);
        await client.query("DELETE FROM room_members WHERE room_id = $1 AND user_id = $2", [room, user]);
        await recordOf(client, actor, "member.removed", room, { member: user, role: targetRole });
      }),
  };
}

/** How actor and target stand to a room; null where they are no member, and no name where there is no such user. */
interface Situation {
  readonly role: MemberRole | null;
  readonly targetRole: MemberRole | null;
  readonly name: string | null;
  readonly joinedAt: Date | null;
}

/** Throws `room_not_found` when there is no such room, or none for the actor. */
async function situation(client: Queryable, room: string, actor: string, target: string): Promise<Situation> {
  const { rows } = await client.query<Situation & { visibility: Visibility }>(
    `SELECT rooms.visibility, mine.role, theirs.role AS "targetRole", theirs.joined_at AS "joinedAt", users.name
       FROM rooms
       LEFT JOIN room_members AS mine ON mine.room_id = rooms.id AND mine.user_id = $2
       LEFT JOIN room_members AS theirs ON theirs.room_id = rooms.id AND theirs.user_id = $3
       LEFT JOIN users ON users.id = $3
      WHERE rooms.id = $1`,
    [room, actor, target],
  );
  const row = rows[0];
  if (row === undefined || (row.role === null && row.visibility === "private")) throw roomNotFound(room);
  return row;
}

/** The caller holds the room's lock: two owners who leave at once are looked at one after the other. */
async function checkOtherOwner(client: Queryable, room: string, user: string): Promise<void> {
  const { rowCount } = await client.query(
    "SELECT FROM room_members WHERE room_id = $1 AND user_id <> $2 AND role = 'owner' LIMIT 1",
    [room, user],
  );
  if (rowCount === 0) throw new Problem("last_owner", "Make somebody else an owner of the room first.");
}

interface MemberRow {
  readonly id: string;
  readonly name: string;
  readonly role: MemberRole;
  readonly joined_at: Date;
}

const toMember = ({ id, name, role, joined_at }: MemberRow): Member => ({
  user: { id, name },
  role,
  joinedAt: joined_at.toISOString(),
});

const mayNotAdd =
  "Owners and moderators add members, only owners add moderators, and who joins a public room does so as a member.";

const userIsGone = (): Problem =>
  new Problem("unauthorized", "The user of this token no longer exists; sign in again.");
const userNotFound = (user: string): Problem => new Problem("user_not_found", `There is no user ${user}.`);
const memberNotFound = (user: string): Problem =>
  new Problem("member_not_found", `The user ${user} is no member of this room.`);
const alreadyAMember = (alone: boolean): Problem =>
  new Problem("already_a_member", alone ? "You are a member already." : "The user is a member already.");
