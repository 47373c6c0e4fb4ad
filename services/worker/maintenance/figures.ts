import type pg from "pg";
import type { Figures } from "../../runtime/mail-templates";
import { asPostgres } from "../../runtime/unavailable";

interface FiguresRow {
  readonly users: string;
  readonly guests: string;
  readonly rooms: string;
  readonly messages: string;
}

const toFigures = ({ users, guests, rooms, messages }: FiguresRow): Figures => ({
  users: Number(users),
  guests: Number(guests),
  rooms: Number(rooms),
  messages: Number(messages),
});

/** Counts everything, keeps the figures as a row of `statistics`, and answers them. */
export function takeFigures(pool: Pick<pg.Pool, "query">): Promise<Figures> {
  return asPostgres(async () => {
    // The rooms' last numbers add up to the messages without reading those.
    const { rows } = await pool.query<FiguresRow>(
      `INSERT INTO statistics (users, guests, rooms, messages)
       SELECT (SELECT count(*) FROM users WHERE NOT guest), (SELECT count(*) FROM users WHERE guest),
              count(*), coalesce(sum(last_seq), 0) FROM rooms
       ON CONFLICT (taken_at) DO UPDATE SET users = excluded.users
       RETURNING users, guests, rooms, messages`,
    );
    const [row] = rows;
    if (row === undefined) throw new Error("the statement returned no row");
    return toFigures(row);
  });
}

/** The last figures that are a day old or older; undefined on the first day. */
export function figuresOfYesterday(pool: Pick<pg.Pool, "query">): Promise<Figures | undefined> {
  return asPostgres(async () => {
    const { rows } = await pool.query<FiguresRow>(
      `SELECT users, guests, rooms, messages FROM statistics
        WHERE taken_at <= now() - interval '24 hours' ORDER BY taken_at DESC LIMIT 1`,
    );
    const [row] = rows;
    return row === undefined ? undefined : toFigures(row);
  });
}

/** E-mail addresses of the administrators, with their ids. */
export function administrators(pool: Pick<pg.Pool, "query">): Promise<{ id: string; email: string }[]> {
  return asPostgres(async () => {
    const { rows } = await pool.query<{ id: string; email: string }>(
      "SELECT id, email FROM users WHERE role = 'admin' AND email IS NOT NULL ORDER BY id",
    );
    return rows;
  });
}
