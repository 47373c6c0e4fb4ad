import { Socket } from "node:net";
import pg from "pg";
import type { Logger } from "./log";

export interface PostgresOptions {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Connections at most. */
  readonly poolSize: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
}

/** Milliseconds: how long a caller waits for a connection, for the answer to a query, and for a whole transaction. */
export const postgresTimeouts = { connection: 2_000, query: 5_000, transaction: 5_000 } as const;

/**
 * A pool whose waits are bounded, so that a PostgreSQL that is away or slow costs each caller a few seconds at most.
 * It reconnects by itself. The server cancels a query a little before the client gives up on it, which is when nothing
 * has come for `silence` milliseconds.
 */
export function createPool(
  options: PostgresOptions,
  log: Pick<Logger, "warn">,
  silence: number = postgresTimeouts.query,
): pg.Pool {
  const { poolSize, applicationName, ...connection } = options;
  const pool = new pg.Pool({
    ...connection,
    application_name: applicationName,
    max: poolSize,
    connectionTimeoutMillis: postgresTimeouts.connection,
    statement_timeout: postgresTimeouts.query - 500,
    idle_in_transaction_session_timeout: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // An idle connection that breaks emits an error that nobody awaits; without a listener it would end the process.
  pool.on("error", (error) => log.warn({ err: error }, "an idle connection to PostgreSQL broke"));
  // Nor does anybody await one that breaks between two statements of a transaction: the next statement is rejected.
  pool.on("connect", (client) => client.on("error", () => undefined));
  endSilence(pool, silence);
  return pool;
}

/**
 * Cuts a connection on which somebody waits and nothing comes. One timer a connection: `query_timeout` has one a query,
 * whose closures keep each answer until the next full garbage collection, at a third of the time of a read.
 */
function endSilence(pool: pg.Pool, milliseconds: number): void {
  const inUse = new WeakSet<pg.ClientBase>();
  pool.on("acquire", (client) => inUse.add(client));
  pool.on("release", (_error, client) => inUse.delete(client));
  pool.on("connect", (client) => {
    const stream = client instanceof pg.Client ? client.connection.stream : undefined;
    if (!(stream instanceof Socket)) throw new TypeError("a connection to PostgreSQL has no socket");
    stream.setTimeout(milliseconds, () => {
      if (inUse.has(client)) stream.destroy(new Error("PostgreSQL did not answer in time"));
    });
  });
}
