import type pg from "pg";
import { describe, expect, it } from "vitest";
import { applyMigrations, type Connection } from "../../../../services/migrations/apply";
import { checksum } from "../../../../services/migrations/files";

const first = { name: "0001_a", sql: "CREATE TABLE a ()", checksum: checksum("CREATE TABLE a ()") };
const second = { name: "0002_b", sql: "CREATE TABLE b ()", checksum: checksum("CREATE TABLE b ()") };

/** A connection that writes down its statements and fails on `broken`. */
function connection(applied: { name: string; checksum: string }[], broken?: string) {
  const statements: string[] = [];
  async function query(text: string): Promise<Pick<pg.QueryResult, "rows">> {
    statements.push(text.replace(/\s+/g, " ").trim());
    if (text === broken) throw new Error("syntax error");
    return { rows: text.startsWith("SELECT name") ? applied : [] };
  }
  return { statements, connection: { query } as Connection };
}

describe("applyMigrations", () => {
  it("applies what is missing under the lock, each in a transaction with time limits", async () => {
    const { statements, connection: client } = connection([first]);
    const lines: string[] = [];
    expect(await applyMigrations(client, [first, second], (line) => lines.push(line))).toEqual(["0002_b"]);
    expect(lines).toEqual(["applied 0002_b"]);
    expect(statements).toEqual([
      "SET lock_timeout = '120s'",
      "SELECT pg_advisory_lock($1)",
      expect.stringMatching(/^CREATE TABLE IF NOT EXISTS schema_migrations/),
      "SELECT name, checksum FROM schema_migrations ORDER BY name",
      "BEGIN",
      "SET LOCAL statement_timeout = '60s'",
      "SET LOCAL lock_timeout = '5s'",
      "CREATE TABLE b ()",
      "INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)",
      "COMMIT",
      "SELECT pg_advisory_unlock($1)",
    ]);
  });

  it("rolls a failed migration back, gives the lock back and says which failed", async () => {
    const { statements, connection: client } = connection([], first.sql);
    await expect(applyMigrations(client, [first, second], () => undefined)).rejects.toThrow(
      "0001_a failed and was rolled back: syntax error",
    );
    expect(statements.slice(-3)).toEqual([first.sql, "ROLLBACK", "SELECT pg_advisory_unlock($1)"]);
  });

  it("applies nothing when an applied file changed", async () => {
    const { statements, connection: client } = connection([{ ...first, checksum: "other" }]);
    await expect(applyMigrations(client, [first, second], () => undefined)).rejects.toThrow(
      "0001_a changed after being applied to this database.",
    );
    expect(statements).not.toContain("BEGIN");
  });
});
