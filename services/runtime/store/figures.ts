import type pg from "pg";
import type { StatisticsAnswer } from "../../contract/administration";
import { asPostgres } from "../unavailable";

export type StoredFigures = Omit<StatisticsAnswer, "jobs">;

/** Figures of the whole deployment, as they are now. Throws `store_unavailable` while PostgreSQL is away. */
export interface Figures {
  now(): Promise<StoredFigures>;
}

export function createFigures(pool: Pick<pg.Pool, "query">): Figures {
  return {
    now: () =>
      asPostgres(async () => {
        // The rooms know how many messages they have: nobody deletes one, so nothing has to be counted.
        const { rows } = await pool.query<
          Record<Exclude<keyof StoredFigures, "takenAt">, string> & { at: Date }
        >(
          `SELECT now() AS at,
                  (SELECT count(*) FROM users) AS users,
                  (SELECT count(*) FROM users WHERE guest) AS guests,
                  (SELECT count(*) FROM rooms) AS rooms,
                  (SELECT coalesce(sum(last_seq), 0) FROM rooms) AS messages,
                  (SELECT count(*) FROM messages WHERE sent_at > now() - interval '1 day') AS "messagesLastDay",
                  (SELECT count(*) FROM sessions WHERE ended_at IS NULL AND expires_at > now()) AS sessions`,
        );
        const row = rows[0];
        if (row === undefined) throw new Error("the statement returned no row");
        return {
          takenAt: row.at.toISOString(),
          users: Number(row.users),
          guests: Number(row.guests),
          rooms: Number(row.rooms),
          messages: Number(row.messages),
          messagesLastDay: Number(row.messagesLastDay),
          sessions: Number(row.sessions),
        };
      }),
  };
}
