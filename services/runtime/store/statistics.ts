import type pg from "pg";
import { asPostgres } from "../unavailable";

/** Figures about the rooms that a user belongs to. Every method throws `store_unavailable` while PostgreSQL is away. */
export interface Statistics {
  /** Ids of the user's rooms, those joined first first. */
  roomIds(userId: string): Promise<string[]>;
  /** Messages of each of `rooms` that the user belongs to. */
  countMessages(userId: string, rooms: readonly string[]): Promise<Map<string, number>>;
}

export function createStatistics(pool: Pick<pg.Pool, "query">): Statistics {
  return {
    roomIds: (userId) =>
      asPostgres(async () => {
        const { rows } = await pool.query<{ room_id: string }>(
          "SELECT room_id FROM room_members WHERE user_id = $1 ORDER BY joined_at, room_id",
          [userId],
        );
        return rows.map(({ room_id }) => room_id);
      }),
    countMessages: (userId, rooms) =>
      asPostgres(async () => {
        const { rows } = await pool.query<{ room_id: string; messages: string }>(
          `SELECT room_members.room_id, count(messages.seq) AS messages
             FROM room_members LEFT JOIN messages ON messages.room_id = room_members.room_id
            WHERE room_members.user_id = $1 AND room_members.room_id = ANY ($2::uuid[])
            GROUP BY room_members.room_id`,
          [userId, rooms],
        );
        return new Map(rows.map(({ room_id, messages }) => [room_id, Number(messages)]));
      }),
  };
}
