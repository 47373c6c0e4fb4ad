/** The services' roles at PostgreSQL while their password is changed, with the commands of an update. */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type PostgresPlan, planPostgres } from "../../../components/postgres";
import { rolesCommand } from "../../../components/postgres/roles";
import { Secret } from "../../../components/shared/secret";
import { createPool } from "../../../services/runtime/postgres";
import { PlannedStore } from "../../support/planned-store";
import { repeatDuring } from "../../support/repeat";
import { eventually } from "../../support/stores";

const [first, second, third] = ["first", "second", "third"].map((name) => `${name}-password-0123456789`) as [
  string,
  string,
  string,
];
const database = "audifi";

let store: PlannedStore;
const plan = (rotations: number, password: string, other?: string): PostgresPlan =>
  planPostgres({
    ...store.context,
    ...{ imageReference: store.imageReference, memory: 256, cpu: 1, maxConnections: 30, database, rotations },
    adminPassword: new Secret("admin-password-0123456789"),
    password: new Secret(password),
    otherPassword: other === undefined ? undefined : new Secret(other),
    monitoringPassword: new Secret("monitoring-password-0123456789"),
  });
const change = (...of: Parameters<typeof plan>) => store.run(rolesCommand(plan(...of)), plan(...of).rolesSql);

const address = (user: string, password: string) => ({
  ...{ host: "127.0.0.1", port: store.port, database, user, password },
});

/** What a new connection gets: `current_user`, or the code of its refusal. */
async function answer(user: string, password: string): Promise<string> {
  const client = new pg.Client(address(user, password));
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.query("SELECT current_user")).rows[0].current_user;
  } catch (error) {
    return error instanceof pg.DatabaseError ? (error.code ?? "") : String(error);
  } finally {
    await client.end();
  }
}
const one = () => answer("backline", first);
const two = () => answer("backline_alternate", second);
/** A wrong password, or a role that may not sign in: https://www.postgresql.org/docs/15/errcodes-appendix.html */
const refused = /^28(P01|000)$/;

/** As a replica has it. */
const poolOf = (user: string, password: string) =>
  createPool({ ...address(user, password), poolSize: 2, applicationName: "test" }, { warn: vi.fn() });

/** Writes a row over a connection of its own, which has to sign in. */
async function write(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("INSERT INTO notes (text) VALUES ('x')");
  } finally {
    client.release(true);
  }
}

beforeAll(async () => {
  store = await PlannedStore.create("postgres");
  await store.start(plan(0, first), 5432);
  // The image's first server, which makes the database, takes the roles too, and answers nobody outside.
  await eventually("the roles are made", async () => {
    await change(0, first);
    if ((await one()) !== "backline") throw new Error("they are not");
  });
});
afterAll(() => store.remove(plan(0, first)));

describe("a rotation of the services' password at PostgreSQL", () => {
  it("begins with one role, which owns what it makes", async () => {
    expect(await one()).toBe("backline");
    expect(await two()).toMatch(refused);
    const pool = poolOf("backline", first);
    await pool.query("CREATE TABLE notes (id serial PRIMARY KEY, text text)");
    await pool.end();
  });

  it("lets both in while replicas of either side serve, and loses no statement", async () => {
    const old = poolOf("backline", first);
    const next = poolOf("backline_alternate", second);
    const ofOld = await repeatDuring(
      () => write(old),
      async () => {
        await change(1, second, first);
        const ofNext = await repeatDuring(
          () => write(next),
          async () => {
            await next.query("ALTER TABLE notes ADD COLUMN more text");
            await next.query("CREATE TABLE labels (id serial PRIMARY KEY)");
            await old.query("INSERT INTO labels DEFAULT VALUES");
            await change(1, second, first);
          },
        );
        expect(ofNext).toEqual({ done: expect.any(Number), failure: undefined });
        expect(ofNext.done).toBeGreaterThan(0);
      },
    );
    expect(ofOld).toEqual({ done: expect.any(Number), failure: undefined });
    expect(ofOld.done).toBeGreaterThan(0);
    const owners = await old.query("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'");
    expect(owners.rows).toEqual([{ tableowner: "backline" }]);
    await Promise.all([old.end(), next.end()]);
    expect([await one(), await two()]).toEqual(["backline", "backline"]);
  });

  it("still lets both in after a restart", async () => {
    await store.restart();
    await eventually("PostgreSQL serves", async () => expect(await one()).toBe("backline"));
    expect(await two()).toBe("backline");
  });

  it("ends with the old one refused and cut off, and loses no statement of the new one", async () => {
    const thief = new pg.Client(address("backline", first));
    const cut = new Promise((resolve) => thief.on("error", resolve));
    await thief.connect();
    const pool = poolOf("backline_alternate", second);
    const { done, failure } = await repeatDuring(
      () => write(pool),
      async () => {
        await change(1, second);
        await cut;
      },
    );
    await pool.end();
    expect(failure).toBeUndefined();
    expect(done).toBeGreaterThan(0);
    expect(await one()).toMatch(refused);
    expect(await two()).toBe("backline");
  });

  it("goes back to the first role with the next one", async () => {
    await change(2, third, second);
    expect(await answer("backline", third)).toBe("backline");
    expect(await two()).toBe("backline");
    await change(2, third);
    expect(await answer("backline", third)).toBe("backline");
    expect([await one(), await two()]).toEqual([
      expect.stringMatching(refused),
      expect.stringMatching(refused),
    ]);
  });

  it("leaves no password in the server's log", async () => {
    const logs = await store.logs();
    expect(logs).toContain("database system is ready to accept connections");
    expect([first, second, third].filter((password) => logs.includes(password))).toEqual([]);
  });
});
