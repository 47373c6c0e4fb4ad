import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyMigrations } from "../../../services/migrations/apply";
import { readMigrations } from "../../../services/migrations/files";
import { type Platform, runService, startPlatform } from "./harness";

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
      "applied 0001_accounts_and_rooms\napplied 0002_idempotency_keys\n2 applied",
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
      await writeFile(join(directory, "0001_a.sql"), "CREATE TABLE a (id int); INSERT INTO a VALUES (1);");
      await writeFile(join(directory, "0002_b.sql"), "CREATE TABLE b (id int); SELECT 1 / 0;");
      await expect(apply()).rejects.toThrow("0002_b failed and was rolled back: division by zero");
      await writeFile(
        join(directory, "0002_b.sql"),
        "ALTER TABLE a ADD COLUMN name text NOT NULL DEFAULT 'x';",
      );
      expect(await apply()).toEqual(["0002_b"]);
      const { rows } = await client.query("SELECT id, name, to_regclass('b') AS b FROM a");
      expect(rows).toEqual([{ id: 1, name: "x", b: null }]);
      await writeFile(join(directory, "0001_a.sql"), "CREATE TABLE a (id bigint);");
      await expect(apply()).rejects.toThrow("0001_a changed after being applied to this database.");
    } finally {
      await client.end();
      await rm(directory, { recursive: true });
    }
  });

  it("lets data of the first migration live through the later ones", async () => {
    const directory = await mkdtemp(join(tmpdir(), "backline-migrations-"));
    const admin = await connect();
    await admin.query("CREATE DATABASE history");
    await admin.end();
    const client = await connect("history");
    try {
      await cp(
        "services/migrations/0001_accounts_and_rooms.sql",
        join(directory, "0001_accounts_and_rooms.sql"),
      );
      await applyMigrations(client, readMigrations(directory), () => undefined);
      const { rows: users } = await client.query("INSERT INTO users (name) VALUES ('Ada') RETURNING id");
      const { rows: rooms } = await client.query(
        "INSERT INTO rooms (name, created_by) VALUES ('Lobby', $1) RETURNING id",
        [users[0].id],
      );
      await client.query("SELECT post_message($1, $2, 'hello')", [rooms[0].id, users[0].id]);
      await applyMigrations(client, readMigrations("services/migrations"), () => undefined);
      const { rows } = await client.query("SELECT seq, body FROM messages");
      expect(rows).toEqual([{ seq: "1", body: "hello" }]);
    } finally {
      await client.end();
      await rm(directory, { recursive: true });
    }
  });
});
