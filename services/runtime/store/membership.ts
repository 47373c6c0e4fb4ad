import type pg from "pg";
import { asPostgres } from "../unavailable";

/** Who still belongs to a room. Throws `store_unavailable` while PostgreSQL is away. */
export interface Membership {
  /** Those of `users` who are members of the room. */
  among(room: string, users: readonly string[]): Promise<ReadonlySet<string>>;
}

export const createMembership = (pool: Pick<pg.Pool, "query">): Membership => ({
  among: (room, users) =>
    asPostgres(async () => {
      const { rows } = await pool.query<{ user_id: string }>(
        "SELECT user_id FROM room_members WHERE room_id = $1 AND user_id = ANY ($2::uuid[])",
        [room, users],
      );
      return new Set(rows.map(({ user_id }) => user_id));
    }),
});
