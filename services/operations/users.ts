import type pg from "pg";
import { recordIn } from "../runtime/store/audit";
import { inTransaction } from "../runtime/store/transaction";
import { Refusal } from "./refusal";

export interface Administrator {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
}

export interface Promotion extends Administrator {
  /** False: the user was an administrator already. */
  readonly changed: boolean;
}

/** Gives a user the role admin, from their next access token on, and records it. Throws Refusal when there is none. */
export function promote(pool: pg.Pool, email: string): Promise<Promotion> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<Administrator & { role: string }>(
      "SELECT id, name, email, role FROM users WHERE lower(email) = lower($1) FOR UPDATE",
      [email],
    );
    const [row] = rows;
    if (row === undefined) throw new Refusal("user_not_found", `no user has signed up as ${email}`);
    const { role, ...user } = row;
    if (role === "admin") return { ...user, changed: false };
    await client.query("UPDATE users SET role = 'admin' WHERE id = $1", [user.id]);
    await recordIn(client, { action: "user.promoted", target: user.id, detail: { by: "operator" } });
    return { ...user, changed: true };
  });
}

export async function listAdministrators(pool: Pick<pg.Pool, "query">): Promise<Administrator[]> {
  const { rows } = await pool.query<Administrator>(
    "SELECT id, name, email FROM users WHERE role = 'admin' ORDER BY created_at, id",
  );
  return rows;
}
