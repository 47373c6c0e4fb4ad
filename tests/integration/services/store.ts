/** The services' store on a throw-away PostgreSQL, without the services. */
import pg from "pg";
import { readMigrations } from "../../../services/contract/migrations";
import { applyMigrations } from "../../../services/migrations/apply";
import { createLog } from "../../../services/runtime/log";
import { createPool } from "../../../services/runtime/postgres";
import type { Actor } from "../../../services/runtime/store/actor";
import { createStore, type Store } from "../../../services/runtime/store/store";
import { startStores } from "../../support/stores";

export interface RealStore {
  readonly store: Store;
  readonly pool: pg.Pool;
  /** Three new users: Ada, Bob and Eve. */
  people(): Promise<[Actor, Actor, Actor]>;
  /** Actions that the audit table has for a target, in order. */
  auditOf(target: string): Promise<string[]>;
  remove(): Promise<void>;
}

export async function startStore(): Promise<RealStore> {
  const stores = await startStores();
  const { host, postgresPort: port, database, user, password } = stores;
  const client = new pg.Client({ host, port, database, user, password });
  await client.connect();
  await applyMigrations(client, readMigrations("services/migrations"), () => undefined);
  await client.end();
  const log = createLog({ service: "api", level: "error", stack: "test", version: "0" });
  const address = { host, port, database, user, password };
  const pool = createPool({ ...address, poolSize: 20, applicationName: "backline-test" }, log);

  async function person(name: string): Promise<Actor> {
    const { rows } = await pool.query("INSERT INTO users (name, guest) VALUES ($1, true) RETURNING id", [
      name,
    ]);
    return { user: { id: String(rows[0].id), name }, requestId: `r-${name}`, address: "192.0.2.7" };
  }

  return {
    store: createStore(pool),
    pool,
    people: () => Promise.all([person("Ada"), person("Bob"), person("Eve")]),
    async auditOf(target) {
      const { rows } = await pool.query("SELECT action FROM audit_log WHERE target = $1 ORDER BY id", [
        target,
      ]);
      return rows.map(({ action }) => action);
    },
    async remove() {
      await pool.end();
      await stores.remove();
    },
  };
}

/** A well-formed id that nothing has. */
export const missing = "00000000-0000-4000-8000-000000000000";

/** Codes of the problems, "ok" for what went well. */
export async function outcomes(attempts: readonly Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(attempts);
  return settled.map((one) => (one.status === "fulfilled" ? "ok" : (one.reason.code ?? String(one.reason))));
}

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
