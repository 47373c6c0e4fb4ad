import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseMigration } from "../../../../services/contract/migrations";
import { migrationsDirectory, pendingMigrations } from "../../../../services/migrations/files";

const migration = (name: string, sql = "SELECT 1;", kind = "expand") =>
  parseMigration(`${name}.sql`, `-- ${kind}\n${sql}`);

it("the files are beside a bundle, or beside the source", () => {
  const directory = mkdtempSync(join(tmpdir(), "backline-migrations-"));
  try {
    expect(migrationsDirectory(join(directory, "main.ts"))).toBe(directory);
    mkdirSync(join(directory, "migrations"));
    expect(migrationsDirectory(join(directory, "main.cjs"))).toBe(join(directory, "migrations"));
  } finally {
    rmSync(directory, { recursive: true });
  }
});

describe("pendingMigrations", () => {
  const [a, b, c] = [migration("0001_a"), migration("0002_b"), migration("0003_c")];

  it("leaves out what is applied", () => {
    expect(pendingMigrations([a, b, c], [])).toEqual([a, b, c]);
    expect(pendingMigrations([a, b, c], [a, b])).toEqual([c]);
    expect(pendingMigrations([a, b], [a, b])).toEqual([]);
  });

  it("does not mind what a newer release has added", () => {
    expect(pendingMigrations([a], [a, b])).toEqual([]);
  });

  it("refuses a release from before a contract that is applied, and takes one that has it", () => {
    const [drop, other] = [
      migration("0002_b", "DROP TABLE a;", "contract"),
      migration("0004_d", "", "contract"),
    ];
    expect(() => pendingMigrations([a], [a, drop, c, other])).toThrow(
      "0002_b, 0004_d is applied to this database, took away what this release needs, and is not among its files. Deploy a release that has it.",
    );
    expect(pendingMigrations([a, drop], [a, drop, c])).toEqual([]);
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
});
