import pg from "pg";
import type { Me, UserRole } from "../../contract/accounts";
import { Problem } from "../../contract/problems";
import { enqueueMail } from "../outbox";
import { asPostgres } from "../unavailable";
import { type AnonymousRepeatable, onceAnonymous } from "./anonymous-keys";
import { type Origin, recordIn } from "./audit";
import type { Outcome } from "./idempotency";
import { type OpenedSession, openSessionIn } from "./sessions";
import { inTransaction } from "./transaction";

export interface NewAccount {
  readonly email: string;
  readonly passwordHash: string;
  readonly name: string;
}

export interface Credentials {
  readonly userId: string;
  readonly passwordHash: string;
}

/** Accounts in PostgreSQL. Every method throws `store_unavailable` while PostgreSQL is away. */
export interface Users {
  /** An account without credentials, signed in. A repeated request opens another session of the same account. */
  createGuest(name: string, origin: Origin, request?: AnonymousRepeatable): Promise<Outcome<OpenedSession>>;
  /** An account with credentials, signed in; repeated likewise. Throws `email_taken`. */
  signUp(account: NewAccount, origin: Origin, request?: AnonymousRepeatable): Promise<Outcome<OpenedSession>>;
  /** What a sign-in is checked against; upper and lower case are the same in e-mail addresses. */
  credentials(email: string): Promise<Credentials | undefined>;
  /** Throws `unauthorized` when the user is gone. */
  me(id: string): Promise<Me>;
  /** The same. */
  rename(id: string, name: string, origin: Origin): Promise<Me>;
}

export function createUsers(pool: pg.Pool): Users {
  const create = (
    columns: { name: string; guest: boolean; email?: string; passwordHash?: string },
    origin: Origin,
    request: AnonymousRepeatable | undefined,
  ): Promise<Outcome<OpenedSession>> =>
    inTransaction(pool, async (client) => {
      const { name, guest, email, passwordHash } = columns;
      const { value: id, replayed } = await onceAnonymous(client, request, async () => {
        const { rows } = await client.query<{ id: string }>(
          "INSERT INTO users (name, guest, email, password_hash) VALUES ($1, $2, $3, $4) RETURNING id",
          [name, guest, email ?? null, passwordHash ?? null],
        );
        const row = rows[0];
        if (row === undefined) throw new Error("the statement returned no row");
        const entry = { ...origin, userId: row.id, action: "user.signed_up", target: row.id } as const;
        await recordIn(client, { ...entry, detail: { guest } });
        if (email !== undefined) await enqueueMail(client, { template: "welcome", to: email, name });
        return row.id;
      });
      return { value: await openSessionIn(client, id), replayed };
    });

  return {
    createGuest: (name, origin, request) => create({ name, guest: true }, origin, request),
    async signUp(account, origin, request) {
      try {
        return await create({ ...account, guest: false }, origin, request);
      } catch (error) {
        if (isViolation(error, uniqueViolation) && error.constraint === "users_email")
          throw new Problem("email_taken", "There is an account with this e-mail address; sign in instead.");
        throw error;
      }
    },
    credentials: (email) =>
      asPostgres(async () => {
        const { rows } = await pool.query<{ id: string; password_hash: string | null }>(
          "SELECT id, password_hash FROM users WHERE lower(email) = lower($1)",
          [email],
        );
        const row = rows[0];
        if (row === undefined || row.password_hash === null) return undefined;
        return { userId: row.id, passwordHash: row.password_hash };
      }),
    me: (id) =>
      asPostgres(async () => {
        const { rows } = await pool.query<MeRow>(
          "SELECT id, name, email, guest, role, created_at FROM users WHERE id = $1",
          [id],
        );
        return toMe(rows[0]);
      }),
    rename: (id, name, origin) =>
      inTransaction(pool, async (client) => {
        const { rows } = await client.query<MeRow>(
          "UPDATE users SET name = $2 WHERE id = $1 RETURNING id, name, email, guest, role, created_at",
          [id, name],
        );
        const me = toMe(rows[0]);
        await recordIn(client, { ...origin, action: "user.renamed", target: id, detail: { name } });
        return me;
      }),
  };
}

interface MeRow {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly guest: boolean;
  readonly role: UserRole;
  readonly created_at: Date;
}

function toMe(row: MeRow | undefined): Me {
  if (row === undefined) throw userGone();
  const { created_at, ...rest } = row;
  return { ...rest, createdAt: created_at.toISOString() };
}

const uniqueViolation = "23505";
const foreignKeyViolation = "23503";

const isViolation = (error: unknown, code: string): error is pg.DatabaseError =>
  error instanceof pg.DatabaseError && error.code === code;

const userGone = (): Problem =>
  new Problem("unauthorized", "The user of this token no longer exists; sign in again.");

/** A token outlives its user when the database was replaced: signing in again is what helps. */
export async function withKnownUser<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isViolation(error, foreignKeyViolation)) throw userGone();
    throw error;
  }
}
