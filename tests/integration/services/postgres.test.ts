import { once } from "node:events";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createPool } from "../../../services/runtime/postgres";
import { inTransaction } from "../../../services/runtime/store/transaction";
import { type Stores, startStores } from "../../support/stores";
import { startTcpProxy, type TcpProxy } from "../../support/tcp-proxy";

let stores: Stores;
let proxy: TcpProxy;
let pool: pg.Pool;
const warn = vi.fn();
beforeAll(async () => {
  stores = await startStores();
  proxy = await startTcpProxy({ host: stores.host, port: stores.postgresPort });
  const { host, database, user, password } = stores;
  const address = { host, port: proxy.port, database, user, password };
  pool = createPool({ ...address, poolSize: 1, applicationName: "test" }, { warn });
}, 90_000);
afterAll(async () => {
  await pool?.end();
  await proxy?.close();
  await stores?.remove();
});

describe("a connection to PostgreSQL that is silent", () => {
  const silence = 300;
  const quickPool = () => {
    const { host, database, user, password } = stores;
    const address = { host, port: proxy.port, database, user, password };
    return createPool({ ...address, poolSize: 1, applicationName: "test" }, { warn }, silence);
  };

  it("is given up when somebody waits for it, and replaced", async () => {
    const quick = quickPool();
    await quick.query("SELECT 1");
    proxy.freeze();
    await expect(quick.query("SELECT 2")).rejects.toThrow("PostgreSQL did not answer in time");
    await proxy.pass();
    expect((await quick.query("SELECT 3 AS three")).rows).toEqual([{ three: 3 }]);
    await quick.end();
  });

  it("is kept when nobody does", async () => {
    const quick = quickPool();
    const pid = async () => (await quick.query("SELECT pg_backend_pid() AS pid")).rows[0].pid;
    const silent = new Promise<void>((resolve) => {
      quick.once("connect", (client) => client.connection.stream.once("timeout", () => resolve()));
    });
    const first = await pid();
    await silent;
    expect(await pid()).toBe(first);
    await quick.end();
  });
});

describe("a connection to PostgreSQL that breaks", () => {
  it("between two statements of a transaction ends the transaction, and nothing else", async () => {
    const taken: pg.PoolClient[] = [];
    pool.once("acquire", (client: pg.PoolClient) => taken.push(client));
    const work = inTransaction(pool, async (client) => {
      await client.query("SELECT 1");
      const [connection] = taken;
      if (connection === undefined) throw new Error("no connection was taken");
      // `once` of node:events would listen to errors, too.
      const ended = new Promise<void>((resolve) => connection.once("end", () => resolve()));
      proxy.cut();
      await ended;
      await client.query("SELECT 2");
    });
    await expect(work).rejects.toMatchObject({ code: "store_unavailable" });
    expect((await pool.query("SELECT 3 AS three")).rows).toEqual([{ three: 3 }]);
  });

  it("while nobody uses it is logged and replaced", async () => {
    await pool.query("SELECT 1");
    const broken = once(pool, "error");
    proxy.cut();
    await broken;
    expect(warn).toHaveBeenCalledWith(
      expect.objectContaining({ err: expect.any(Error) }),
      "an idle connection to PostgreSQL broke",
    );
    expect((await pool.query("SELECT 3 AS three")).rows).toEqual([{ three: 3 }]);
  });
});
