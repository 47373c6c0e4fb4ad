import type pg from "pg";
import { asPostgres } from "../unavailable";

/** Figures about what is stored. Every method throws `store_unavailable` while PostgreSQL is away. */
export interface Statistics {
  /** Ids of all rooms, oldest first. */
  roomIds(): Promise<string[]>;
  /** Messages of each of `rooms` that exists. */
  countMessages(rooms: readonly string[]): Promise<Map<string, number>>;
}

export function createStatistics(pool: Pick<pg.Pool, "query">): Statistics {
  return {
    roomIds: () =>
      asPostgres(async () => {
        const { rows } = await pool.query<{ id: string }>("SELECT id FROM rooms ORDER BY created_at, id");
        return rows.map(({ id }) => id);
      }),
    countMessages: (rooms) =>
      asPostgres(async () => {
        const { rows } = await pool.query<{ id: string; messages: string }>(
          `SELECT rooms.id, count(messages.seq) AS messages
             FROM rooms LEFT JOIN messages ON messages.room_id = rooms.id
            WHERE rooms.id = ANY ($1::uuid[]) GROUP BY rooms.id`,
          [rooms],
        );
        return new Map(rows.map(({ id, messages }) => [id, Number(messages)]));
      }),
  };
}
