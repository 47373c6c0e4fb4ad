import type pg from "pg";
import { describe, expect, it } from "vitest";
import { parseMigration } from "../../../../services/contract/migrations";
import { applyMigrations, type Connection } from "../../../../services/migrations/apply";

const first = parseMigration("0001_a.sql", "-- expand\nCREATE TABLE a ()");
const second = parseMigration("0002_b.sql", "-- contract\nDROP TABLE a");

/** A connection that writes down its statements and fails on `broken`. */
function connection(applied: { name: string; kind: string; checksum: string }[], broken?: string) {
  const statements: string[] = [];
  async function query(text: string, values: unknown[] = []): Promise<Pick<pg.QueryResult, "rows">> {
    statements.push([text.replace(/\s+/g, " ").trim(), ...values].join(" | "));
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
      "SET client_connection_check_interval = '2s'",
      "SET lock_timeout = '120s'",
      "SELECT pg_advisory_lock($1) | 3650412987",
      expect.stringMatching(/^CREATE TABLE IF NOT EXISTS schema_migrations/),
      "ALTER TABLE schema_migrations ADD COLUMN IF NOT EXISTS kind text NOT NULL DEFAULT 'expand'",
      "SELECT name, checksum, kind FROM schema_migrations ORDER BY name",
      "BEGIN",
      "SET LOCAL statement_timeout = '60s'",
      "SET LOCAL lock_timeout = '5s'",
      "-- contract DROP TABLE a",
      `INSERT INTO schema_migrations (name, checksum, kind) VALUES ($1, $2, $3) | 0002_b | ${second.checksum} | contract`,
      "COMMIT",
      "SELECT pg_advisory_unlock($1) | 3650412987",
    ]);
  });

  it("rolls a failed migration back, gives the lock back and says which failed", async () => {
    const { statements, connection: client } = connection([], first.sql);
    await expect(applyMigrations(client, [first, second], () => undefined)).rejects.toThrow(
      "0001_a failed and was rolled back: syntax error",
    );
    expect(statements.slice(-3)).toEqual([
      "-- expand CREATE TABLE a ()",
      "ROLLBACK",
      "SELECT pg_advisory_unlock($1) | 3650412987",
    ]);
  });

  it("applies nothing of a release that lacks a contract migration which is applied", async () => {
    const { statements, connection: client } = connection([first, second]);
    await expect(applyMigrations(client, [first], () => undefined)).rejects.toThrow(
      "0002_b is applied to this database, took away what this release needs, and is not among its files. Deploy a release that has it.",
    );
    expect(statements).not.toContain("BEGIN");
  });

  it("applies nothing when an applied file changed", async () => {
    const { statements, connection: client } = connection([{ ...first, checksum: "other" }]);
    await expect(applyMigrations(client, [first, second], () => undefined)).rejects.toThrow(
      "0001_a changed after being applied to this database.",
    );
    expect(statements).not.toContain("BEGIN");
  });
});
