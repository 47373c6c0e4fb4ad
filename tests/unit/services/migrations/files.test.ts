import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  checksum,
  type Migration,
  migrationsDirectory,
  pendingMigrations,
  readMigrations,
} from "../../../../services/migrations/files";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "backline-migrations-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const put = (...files: string[]) => {
  for (const file of files) writeFileSync(join(directory, file), "SELECT 1;\n");
};
const migration = (name: string, sql = "SELECT 1;"): Migration => ({ name, sql, checksum: checksum(sql) });

describe("readMigrations", () => {
  it("reads the files in the order of their numbers, and nothing else", () => {
    put("0010_c.sql", "0002_b.sql", "0001_a.sql", "main.ts");
    expect(readMigrations(directory).map(({ name }) => name)).toEqual(["0001_a", "0002_b", "0010_c"]);
  });

  it("refuses a misnamed file, a number used twice and an empty directory", () => {
    expect(() => readMigrations(directory)).toThrow(
      `${directory} has no .sql file; the release is incomplete.`,
    );
    put("1_a.sql");
    expect(() => readMigrations(directory)).toThrow(
      "1_a.sql is not named NNNN_name.sql (four digits, lower case); rename it.",
    );
    rmSync(join(directory, "1_a.sql"));
    put("0001_a.sql", "0001_b.sql");
    expect(() => readMigrations(directory)).toThrow(
      "0001_a.sql and 0001_b.sql have the same number; renumber one.",
    );
  });

  it("finds the files beside a bundle, and beside the source", () => {
    expect(migrationsDirectory(join(directory, "main.ts"))).toBe(directory);
    mkdirSync(join(directory, "migrations"));
    expect(migrationsDirectory(join(directory, "main.cjs"))).toBe(join(directory, "migrations"));
  });

  it("reads the bundled migrations", () => {
    const names = readMigrations("services/migrations").map(({ name }) => name);
    expect(names).toEqual([
      "0001_accounts_and_rooms",
      "0002_idempotency_keys",
      "0003_sign_in",
      "0004_room_members",
      "0005_outbox",
      "0006_files_and_payments",
      "0007_audit_and_statistics",
    ]);
  });
});

describe("pendingMigrations", () => {
  const [a, b, c] = [migration("0001_a"), migration("0002_b"), migration("0003_c")];

  it("leaves out what is applied", () => {
    expect(pendingMigrations([a, b, c], [])).toEqual([a, b, c]);
    expect(pendingMigrations([a, b, c], [a, b])).toEqual([c]);
    expect(pendingMigrations([a, b], [a, b])).toEqual([]);
  });

  it("does not mind applied migrations of a newer release", () => {
    expect(pendingMigrations([a], [a, b])).toEqual([]);
  });

  it("refuses applied files that changed, all of them at once", () => {
    const changed = [migration("0001_a", "SELECT 2;"), migration("0002_b", "SELECT 2;"), c];
    expect(() => pendingMigrations(changed, [a, b])).toThrow(
      "0001_a, 0002_b changed after being applied to this database. Restore the file and put the change into a new migration.",
    );
  });

  it("refuses a file that comes before one already applied", () => {
    expect(() => pendingMigrations([a, b, c], [a, c])).toThrow(
      "0002_b comes before 0003_c, which this database already has. Give it the next free number.",
    );
  });

  it("takes two kinds of line end for the same file", () => {
    expect(checksum("SELECT 1;\r\nSELECT 2;\r\n")).toBe(checksum("SELECT 1;\nSELECT 2;\n"));
  });
});
