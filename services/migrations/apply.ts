import type pg from "pg";
import { type Migration, MigrationError } from "../contract/migrations";
import { type Applied, pendingMigrations } from "./files";

/** Key of the advisory lock that lets one process migrate at a time. */
const lockKey = 3_650_412_987;

/**
 * Longest that one statement may run, wait for a table's lock, and wait for another process that migrates. A migration
 * that needs longer begins with a `SET LOCAL statement_timeout` of its own.
 */
export const migrationTimeouts = { statement: "60s", lock: "5s", otherProcess: "120s" } as const;

/** Seconds that all migrations of one run may take together. */
export const wholeLimit = 600;

/** What a migration needs of a client: one connection, since the lock belongs to it. */
export type Connection = Pick<pg.ClientBase, "query">;

/**
 * Applies what `connection`'s database lacks, each migration in a transaction of its own. `report` is told what
 * happens. Returns the names that were applied. Throws MigrationError when a migration fails or may not be applied;
 * the ones before it stay applied.
 */
export async function applyMigrations(
  connection: Connection,
  migrations: readonly Migration[],
  report: (line: string) => void,
): Promise<string[]> {
  // What a killed run leaves under way on the server ends as soon as that sees that nobody is there.
  await connection.query("SET client_connection_check_interval = '2s'");
  await lock(connection);
  try {
    await connection.query(
      `CREATE TABLE IF NOT EXISTS schema_migrations (
         name text PRIMARY KEY,
         checksum text NOT NULL,
         applied_at timestamptz NOT NULL DEFAULT now()
       )`,
    );
    await connection.query(
      "ALTER TABLE schema_migrations ADD COLUMN IF NOT EXISTS kind text NOT NULL DEFAULT 'expand'",
    );
    const { rows } = await connection.query<Applied>(
      "SELECT name, checksum, kind FROM schema_migrations ORDER BY name",
    );
    const pending = pendingMigrations(migrations, rows);
    for (const migration of pending) {
      await applyOne(connection, migration);
      report(`applied ${migration.name}`);
    }
    return pending.map(({ name }) => name);
  } finally {
    // A broken connection has given the lock back already.
    await connection.query("SELECT pg_advisory_unlock($1)", [lockKey]).catch(() => undefined);
  }
}

async function lock(connection: Connection): Promise<void> {
  await connection.query(`SET lock_timeout = '${migrationTimeouts.otherProcess}'`);
  try {
    await connection.query("SELECT pg_advisory_lock($1)", [lockKey]);
  } catch (error) {
    throw new MigrationError(
      `Another process has been migrating this database for ${migrationTimeouts.otherProcess} (${reason(error)}). Wait for it, then run the migrations again.`,
    );
  }
}

async function applyOne(connection: Connection, { name, kind, sql, checksum }: Migration): Promise<void> {
  try {
    await connection.query("BEGIN");
    await connection.query(`SET LOCAL statement_timeout = '${migrationTimeouts.statement}'`);
    await connection.query(`SET LOCAL lock_timeout = '${migrationTimeouts.lock}'`);
    await connection.query(sql);
    await connection.query("INSERT INTO schema_migrations (name, checksum, kind) VALUES ($1, $2, $3)", [
      name,
      checksum,
      kind,
    ]);
    await connection.query("COMMIT");
  } catch (error) {
    await connection.query("ROLLBACK").catch(() => undefined);
    throw new MigrationError(`${name} failed and was rolled back: ${reason(error)}`);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
