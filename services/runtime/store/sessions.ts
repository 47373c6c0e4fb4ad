import { createHash, randomBytes } from "node:crypto";
import type pg from "pg";
import { refreshGraceSeconds, sessionSeconds, type User, type UserRole } from "../../contract/accounts";
import { Problem } from "../../contract/problems";
import { type Origin, recordIn } from "./audit";
import { inTransaction, type Queryable } from "./transaction";

/** A session that was opened or refreshed, with a refresh token that is stored nowhere but at its client. */
export interface OpenedSession {
  readonly sessionId: string;
  readonly user: User;
  readonly role: UserRole;
  readonly refreshToken: string;
  readonly refreshExpiresAt: Date;
}

/** `endedSessionId`: the token was used before, so two parties hold it, and its session was ended. */
export type Refreshed = { readonly session: OpenedSession } | { readonly endedSessionId: string };

/** Sessions in PostgreSQL. Every method throws `store_unavailable` while PostgreSQL is away. */
export interface Sessions {
  /** Opens a session of a user who has proven who they are. Throws `unauthorized` when the user is gone. */
  open(userId: string, origin: Origin): Promise<OpenedSession>;
  /** Trades a refresh token for its successor. Throws `invalid_refresh_token`. */
  refresh(refreshToken: string, origin: Origin): Promise<Refreshed>;
  /** Ends a session, or all of its user's. The ids of those that were not ended before. */
  end(session: EndedBy, everywhere: boolean, origin: Origin): Promise<string[]>;
}

export interface EndedBy {
  readonly userId: string;
  readonly sessionId: string;
}

export function createSessions(pool: pg.Pool): Sessions {
  return {
    open: (userId, origin) =>
      inTransaction(pool, async (client) => {
        const session = await openSessionIn(client, userId);
        const { sessionId } = session;
        await recordIn(client, { ...origin, userId, action: "user.signed_in", target: sessionId });
        return session;
      }),
    refresh: (refreshToken, origin) =>
      inTransaction(pool, (client) => refreshIn(client, hashOf(refreshToken), origin)),
    end: ({ userId, sessionId }, everywhere, origin) =>
      inTransaction(pool, async (client) => {
        const { rows } = await client.query<{ id: string }>(
          `UPDATE sessions SET ended_at = now()
            WHERE user_id = $1 AND ended_at IS NULL AND ($2::uuid IS NULL OR id = $2) RETURNING id`,
          [userId, everywhere ? null : sessionId],
        );
        const entry = { ...origin, userId, action: "user.signed_out", target: sessionId } as const;
        if (rows.length > 0) await recordIn(client, { ...entry, detail: { everywhere } });
        return rows.map(({ id }) => id);
      }),
  };
}

const hashOf = (refreshToken: string): Buffer => createHash("sha256").update(refreshToken).digest();

/** Opens a session in the transaction that has made or found its user. */
export async function openSessionIn(client: Queryable, userId: string): Promise<OpenedSession> {
  const refreshToken = randomBytes(32).toString("base64url");
  const { rows } = await client.query<SessionRow>(
    `WITH session AS (
       INSERT INTO sessions (user_id, expires_at)
       SELECT id, now() + make_interval(secs => $2) FROM users WHERE id = $1 RETURNING id, user_id, expires_at
     ), token AS (
       INSERT INTO refresh_tokens (hash, session_id) SELECT $3, id FROM session
     )
     SELECT session.id, session.expires_at, users.id AS user_id, users.name, users.role
       FROM session JOIN users ON users.id = session.user_id`,
    [userId, sessionSeconds, hashOf(refreshToken)],
  );
  const row = rows[0];
  if (row === undefined) throw new Problem("unauthorized", "The user no longer exists.");
  return toSession(row, refreshToken);
}

async function refreshIn(client: Queryable, hash: Buffer, origin: Origin): Promise<Refreshed> {
  // Whoever refreshes the session at the same time waits here; what the next statement reads is then settled.
  const locked = await client.query<{ id: string }>(
    `SELECT id FROM sessions WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = $1)
        AND ended_at IS NULL AND expires_at > now() FOR UPDATE`,
    [hash],
  );
  const sessionId = locked.rows[0]?.id;
  if (sessionId === undefined) throw invalid();
  const { rows } = await client.query<{ user_id: string; reused: boolean }>(
    `SELECT user_id, coalesce(used_at < clock_timestamp() - make_interval(secs => $2), false) AS reused
       FROM refresh_tokens JOIN sessions ON sessions.id = session_id WHERE hash = $1`,
    [hash, refreshGraceSeconds],
  );
  const token = rows[0];
  if (token === undefined) throw invalid();
  if (token.reused) {
    await client.query("UPDATE sessions SET ended_at = now() WHERE id = $1", [sessionId]);
    const entry = { action: "session.refresh_reused", target: sessionId } as const;
    await recordIn(client, { ...origin, userId: token.user_id, ...entry });
    return { endedSessionId: sessionId };
  }
  return { session: await succeedIn(client, hash, sessionId) };
}

/** Marks a token as used and makes its successor, with which the session lives on. */
async function succeedIn(client: Queryable, hash: Buffer, sessionId: string): Promise<OpenedSession> {
  const refreshToken = randomBytes(32).toString("base64url");
  const { rows } = await client.query<SessionRow>(
    `WITH used AS (
       UPDATE refresh_tokens SET used_at = coalesce(used_at, clock_timestamp()) WHERE hash = $1
     ), token AS (
       INSERT INTO refresh_tokens (hash, session_id) VALUES ($2, $3)
     ), session AS (
       UPDATE sessions SET expires_at = now() + make_interval(secs => $4) WHERE id = $3
       RETURNING id, user_id, expires_at
     )
     SELECT session.id, session.expires_at, users.id AS user_id, users.name, users.role
       FROM session JOIN users ON users.id = session.user_id`,
    [hash, hashOf(refreshToken), sessionId, sessionSeconds],
  );
  const row = rows[0];
  if (row === undefined) throw invalid();
  return toSession(row, refreshToken);
}

interface SessionRow {
  readonly id: string;
  readonly expires_at: Date;
  readonly user_id: string;
  readonly name: string;
  readonly role: UserRole;
}

const toSession = (row: SessionRow, refreshToken: string): OpenedSession => ({
  sessionId: row.id,
  user: { id: row.user_id, name: row.name },
  role: row.role,
  refreshToken,
  refreshExpiresAt: row.expires_at,
});

const invalid = (): Problem =>
  new Problem("invalid_refresh_token", "The refresh token is unknown, expired or used; sign in again.");
