import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checksum, parseMigration, readMigrations } from "../../../../services/contract/migrations";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "backline-migrations-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const put = (...files: string[]) => {
  for (const file of files) writeFileSync(join(directory, file), "-- expand\nSELECT 1;\n");
};

describe("a migration file", () => {
  it.each([
    ["-- expand", "expand"],
    ["-- contract", "contract"],
    ["-- contract: nobody reads users.nick since 0008", "contract"],
    ["-- expand\r", "expand"],
  ])("says in its first line what it is: %j", (line, kind) => {
    expect(parseMigration("0001_a.sql", `${line}\nSELECT 1;\n`)).toMatchObject({ name: "0001_a", kind });
  });

  it.each(["SELECT 1;", "-- Expand", "--expand", "-- expand the table", "", "\n-- expand"])(
    "that does not say it is refused: %j",
    (text) => {
      expect(() => parseMigration("0001_a.sql", text)).toThrow(
        `0001_a.sql begins with ${JSON.stringify(text.split("\n")[0])} and does not say what it does to the release before; write "-- expand" as its first line if that release runs on it as well, or "-- contract" if it does not.`,
      );
    },
  );

  it("is the same with two kinds of line end, and with another kind", () => {
    expect(checksum("-- expand\r\nSELECT 1;\r\n")).toBe(checksum("-- expand\nSELECT 1;\n"));
    expect(checksum("-- contract\nSELECT 1;\n")).toBe(checksum("-- expand\nSELECT 1;\n"));
    expect(checksum("-- expand\nSELECT 2;\n")).not.toBe(checksum("-- expand\nSELECT 1;\n"));
  });
});

describe("the migrations of a folder", () => {
  it("come in the order of their numbers, and nothing else with them", () => {
    put("0010_c.sql", "0002_b.sql", "0001_a.sql", "main.ts");
    expect(readMigrations(directory).map(({ name }) => name)).toEqual(["0001_a", "0002_b", "0010_c"]);
  });

  it("are refused where there are none", () => {
    expect(() => readMigrations(directory)).toThrow(
      `${directory} has no .sql file; the release is incomplete.`,
    );
  });

  it("are refused with all that is wrong with them", () => {
    put("1_a.sql", "0001_a.sql", "0001_b.sql");
    writeFileSync(join(directory, "0002_c.sql"), "DROP TABLE a;\n");
    expect(() => readMigrations(directory)).toThrow(
      [
        "0001_a.sql and 0001_b.sql have the same number; renumber one.",
        '0002_c.sql begins with "DROP TABLE a;" and does not say what it does to the release before; write "-- expand" as its first line if that release runs on it as well, or "-- contract" if it does not.',
        "1_a.sql is not named NNNN_name.sql (four digits, lower case); rename it.",
      ].join("\n"),
    );
  });

  it("are these, and every one of them can be rolled back across", () => {
    expect(readMigrations("services/migrations").map(({ name, kind }) => [name, kind])).toEqual([
      ["0001_accounts_and_rooms", "expand"],
      ["0002_idempotency_keys", "expand"],
      ["0003_sign_in", "expand"],
      ["0004_room_members", "expand"],
      ["0005_outbox", "expand"],
      ["0006_files_and_payments", "expand"],
      ["0007_audit_and_statistics", "expand"],
    ]);
  });
});
