import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readMigrations } from "../../../services/contract/migrations";
import { applyMigrations } from "../../../services/migrations/apply";
import { type Platform, runService, startPlatform } from "./harness";

const all = readMigrations("services/migrations").map(({ name }) => name);

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform({ migrated: false });
}, 90_000);
afterAll(() => platform?.remove());

function connect(database = platform.stores.database): Promise<pg.Client> {
  const { host, postgresPort: port, user, password } = platform.stores;
  const client = new pg.Client({ host, port, database, user, password });
  return client.connect().then(() => client);
}

describe("the migrations process", { timeout: 60_000 }, () => {
  it("applies everything once, also when two run at once, and then has nothing to do", async () => {
    const both = await Promise.all([platform.migrate(), platform.migrate()]);
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(both.map(({ output }) => output).sort()).toEqual([
      [...all.map((name) => `applied ${name}`), `${all.length} applied`].join("\n"),
      "nothing to apply: the database is up to date",
    ]);
    expect((await platform.migrate()).output).toBe("nothing to apply: the database is up to date");
  });

  it("exits 1 with one sentence when the database refuses it", async () => {
    const { exitCode, output } = await platform.migrate({ POSTGRES_DATABASE: "elsewhere" });
    expect(exitCode).toBe(1);
    expect(output).toBe(
      `PostgreSQL at 127.0.0.1:${platform.stores.postgresPort} cannot be used: database "elsewhere" does not exist`,
    );
  });

  it("exits 2 with every mistake in its environment, as every service does", async () => {
    for (const service of ["api", "ws", "worker", "migrations"] as const) {
      const { exitCode, all } = await runService(service, {
        POSTGRES_HOST: "localhost",
        POSTGRES_PORT: "x",
        LOG_LEVEL: "x",
      });
      expect(exitCode, service).toBe(2);
      expect(String(all), service).toContain("  POSTGRES_DATABASE is missing. Database of the services.\n");
      expect(String(all), service).toContain("  POSTGRES_PORT must be a whole number from 0 to 65535.");
      expect(String(all), service).toContain("  LOG_LEVEL must be trace, debug, info, warn, error or fatal.");
    }
  });
});

describe("applyMigrations", { timeout: 60_000 }, () => {
  it("keeps what came before a failing migration, rolls that one back and refuses changed files", async () => {
    const directory = await mkdtemp(join(tmpdir(), "backline-migrations-"));
    const admin = await connect();
    await admin.query("CREATE DATABASE upgrades");
    await admin.end();
    const client = await connect("upgrades");
    try {
      const apply = () => applyMigrations(client, readMigrations(directory), () => undefined);
      await writeFile(
        join(directory, "0001_a.sql"),
        "-- expand\nCREATE TABLE a (id int); INSERT INTO a VALUES (1);",
      );
      await writeFile(join(directory, "0002_b.sql"), "-- expand\nCREATE TABLE b (id int); SELECT 1 / 0;");
      await expect(apply()).rejects.toThrow("0002_b failed and was rolled back: division by zero");
      await writeFile(
        join(directory, "0002_b.sql"),
        "-- expand\nALTER TABLE a ADD COLUMN name text NOT NULL DEFAULT 'x';",
      );
      expect(await apply()).toEqual(["0002_b"]);
      const { rows } = await client.query("SELECT id, name, to_regclass('b') AS b FROM a");
      expect(rows).toEqual([{ id: 1, name: "x", b: null }]);
      await writeFile(join(directory, "0001_a.sql"), "-- expand\nCREATE TABLE a (id bigint);");
      await expect(apply()).rejects.toThrow("0001_a changed after being applied to this database.");
    } finally {
      await client.end();
      await rm(directory, { recursive: true });
    }
  });

  it("lets a release before run on what was added, and refuses it after a contract", async () => {
    const directory = await mkdtemp(join(tmpdir(), "backline-migrations-"));
    const admin = await connect();
    await admin.query("CREATE DATABASE contracts");
    await admin.end();
    const client = await connect("contracts");
    try {
      const put = (name: string, text: string) => writeFile(join(directory, name), `${text}\n`);
      const apply = () => applyMigrations(client, readMigrations(directory), () => undefined);
      await put("0001_a.sql", "-- expand\nCREATE TABLE a (id int, nick text);");
      await apply();
      await put("0002_b.sql", "-- expand\nALTER TABLE a ADD COLUMN handle text;");
      expect(await apply()).toEqual(["0002_b"]);
      await rm(join(directory, "0002_b.sql"));
      expect(await apply()).toEqual([]);
      await put("0002_b.sql", "-- expand\nALTER TABLE a ADD COLUMN handle text;");
      await put("0003_c.sql", "-- contract: nobody reads a.nick since 0002\nALTER TABLE a DROP COLUMN nick;");
      expect(await apply()).toEqual(["0003_c"]);
      await rm(join(directory, "0003_c.sql"));
      await expect(apply()).rejects.toThrow(
        "0003_c is applied to this database, took away what this release needs, and is not among its files.",
      );
    } finally {
      await client.end();
      await rm(directory, { recursive: true });
    }
  });

  it("ends a statement of a process that was killed", async () => {
    const directory = await mkdtemp(join(tmpdir(), "backline-migrations-"));
    const [client, other] = [await connect(), await connect()];
    try {
      const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
      await writeFile(join(directory, "9999_z.sql"), "-- expand\nSELECT pg_sleep(50);");
      const cut = applyMigrations(client, readMigrations(directory), () => undefined).catch(() => "cut");
      const running = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND query LIKE '%pg_sleep(50)%'";
      const count = async () => (await other.query(running, [rows[0].pid])).rows.length;
      await vi.waitFor(async () => expect(await count()).toBe(1), { timeout: 20_000 });
      await client.end();
      expect(await cut).toBe("cut");
      await vi.waitFor(async () => expect(await count()).toBe(0), { timeout: 20_000, interval: 200 });
    } finally {
      await other.end();
      await rm(directory, { recursive: true });
    }
  });

  it("upgrades a database with data from the first migration to the last, once, also by two at once", async () => {
    const directory = await mkdtemp(join(tmpdir(), "backline-migrations-"));
    const admin = await connect();
    await admin.query("CREATE DATABASE history");
    await admin.end();
    const [client, other] = [await connect("history"), await connect("history")];
    const idOf = async (text: string, values: unknown[]): Promise<string> =>
      (await client.query(text, values)).rows[0].id;
    try {
      const first = "0001_accounts_and_rooms.sql";
      await cp(join("services/migrations", first), join(directory, first));
      await applyMigrations(client, readMigrations(directory), () => undefined);
      const newUser = "INSERT INTO users (name) VALUES ($1) RETURNING id";
      const [ada, bob, eve] = [
        await idOf(newUser, ["Ada"]),
        await idOf(newUser, ["Bob"]),
        await idOf(newUser, ["Eve"]),
      ];
      const newRoom = "INSERT INTO rooms (name, created_by) VALUES ($1, $2) RETURNING id";
      const [lobby, silent] = [await idOf(newRoom, ["Lobby", ada]), await idOf(newRoom, ["Silent", eve])];
      const old = "SELECT * FROM post_message($1, $2, $3)";
      for (const [user, body] of [
        [ada, "hello"],
        [bob, "hi"],
        [bob, "there"],
      ]) {
        await client.query(old, [lobby, user, body]);
      }
      const tables = {
        users: "id, name, guest",
        rooms: "id, name, created_by, last_seq",
        messages: "id, seq, user_id, body, sent_at",
      };
      const kept = async () => {
        const rows = [];
        for (const [table, columns] of Object.entries(tables)) {
          rows.push((await client.query(`SELECT ${columns} FROM ${table} ORDER BY id`)).rows);
        }
        return rows;
      };
      const before = await kept();
      const upgrade = (connection: pg.Client) =>
        applyMigrations(connection, readMigrations("services/migrations"), () => undefined);
      const applied = await Promise.all([upgrade(client), upgrade(other)]);
      expect(applied.sort((a, b) => a.length - b.length)).toEqual([[], all.slice(1)]);
      expect(await upgrade(client)).toEqual([]);

      expect(await kept()).toEqual(before);
      const { rows: members } = await client.query(
        `SELECT rooms.name AS room, users.name, room_members.role
           FROM room_members JOIN rooms ON rooms.id = room_id JOIN users ON users.id = user_id ORDER BY 1, 2`,
      );
      expect(members).toEqual([
        { room: "Lobby", name: "Ada", role: "owner" },
        { room: "Lobby", name: "Bob", role: "member" },
        { room: "Silent", name: "Eve", role: "owner" },
      ]);
      const { rows: rooms } = await client.query("SELECT DISTINCT visibility FROM rooms");
      expect(rooms).toEqual([{ visibility: "public" }]);
      const { rows: roles } = await client.query("SELECT DISTINCT role, email, password_hash FROM users");
      expect(roles).toEqual([{ role: "user", email: null, password_hash: null }]);

      // What the release before calls goes on working beside what replaces it.
      expect((await client.query(old, [lobby, bob, "old"])).rows).toMatchObject([{ seq: "4" }]);
      const late = await idOf(newRoom, ["Late", bob]);
      const { rows: owners } = await client.query(
        "SELECT user_id, role FROM room_members WHERE room_id = $1",
        [late],
      );
      expect(owners).toEqual([{ user_id: bob, role: "owner" }]);
      const { rows: posted } = await client.query("SELECT * FROM post_message($1, $2, $3, $4)", [
        lobby,
        bob,
        "new",
        "k",
      ]);
      expect(posted).toMatchObject([
        { problem: null, replayed: false, seq: "5", user_name: "Bob", body: "new" },
      ]);
      const { rows: refused } = await client.query("SELECT problem FROM post_message($1, $2, $3, NULL)", [
        silent,
        bob,
        "x",
      ]);
      expect(refused).toEqual([{ problem: "not_a_member" }]);
    } finally {
      await Promise.all([client.end(), other.end()]);
      await rm(directory, { recursive: true });
    }
  });
});
