import pg from "pg";
import { postgresTimeouts } from "../postgres";
import { asPostgres } from "../unavailable";

/** One statement after another, inside a transaction or not. */
export type Queryable = Pick<pg.ClientBase, "query">;

/** PostgreSQL answers, but so slowly that the caller has waited long enough. */
class TransactionTooLong extends Error {
  override readonly name = "TransactionTooLong";
}

/**
 * Runs `work` in a transaction. A connection whose state is unknown afterwards is thrown away. After `milliseconds` it
 * begins no further statement and throws `store_unavailable`: each statement alone may be quick enough, all of them not.
 */
export function inTransaction<T>(
  pool: Pick<pg.Pool, "connect">,
  work: (client: Queryable) => Promise<T>,
  milliseconds: number = postgresTimeouts.transaction,
): Promise<T> {
  return asPostgres(async () => {
    const deadline = Date.now() + milliseconds;
    const client = await pool.connect();
    let broken = false;
    try {
      await client.query("BEGIN");
      const result = await work(until(deadline, client));
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

function until(deadline: number, client: Queryable): Queryable {
  const query = async (...args: Parameters<Queryable["query"]>): Promise<unknown> => {
    if (Date.now() > deadline) throw new TransactionTooLong("The transaction has taken too long.");
    return client.query(...args);
  };
  return { query: query as Queryable["query"] };
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
