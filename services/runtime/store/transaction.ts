import pg from "pg";
import { asPostgres } from "../unavailable";

/** One statement after another, inside a transaction or not. */
export type Queryable = Pick<pg.ClientBase, "query">;

/** Runs `work` in a transaction. A connection whose state is unknown afterwards is thrown away. */
export function inTransaction<T>(pool: pg.Pool, work: (client: Queryable) => Promise<T>): Promise<T> {
  return asPostgres(async () => {
    const client = await pool.connect();
    let broken = false;
    try {
      await client.query("BEGIN");
      const result = await work(client);
      await client.query("COMMIT");
      return result;
    } catch (error) {
      broken = !(await rolledBack(client, error));
      throw error;
    } finally {
      client.release(broken);
    }
  });
}

async function rolledBack(client: Queryable, error: unknown): Promise<boolean> {
  // A query that the client gave up on may still run: nothing can be sent after it.
  if (error instanceof Error && !(error instanceof pg.DatabaseError) && error.name === "Error") return false;
  try {
    await client.query("ROLLBACK");
    return true;
  } catch {
    return false;
  }
}
