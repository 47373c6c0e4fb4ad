/** The migration files: what each says of itself, and the order they belong in. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * `expand`: adds; the release before runs on it as well. `contract`: takes away or changes what a release before needs,
 * so that nobody goes back across it.
 */
export type MigrationKind = "expand" | "contract";

export interface Migration {
  /** NNNN_name, without the extension. */
  readonly name: string;
  readonly kind: MigrationKind;
  readonly sql: string;
  /** SHA-256 of the file below its first line, line ends normalised. */
  readonly checksum: string;
}

/** The migrations cannot be applied as they are; the message says which and what to do. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

const pattern = /^(\d{4})_[a-z0-9_]+\.sql$/;

/** The first line of a file: `-- expand`, or `-- contract: why`. */
const declaration = /^-- (expand|contract)(?:: .*)?$/;

/** Without the first line: a corrected kind is no other migration. */
export function checksum(sql: string): string {
  const [, ...body] = sql.replaceAll("\r\n", "\n").split("\n");
  return createHash("sha256").update(body.join("\n")).digest("hex");
}

/** A migration from its file. Throws MigrationError for one that is misnamed or does not say what kind it is. */
export function parseMigration(file: string, sql: string): Migration {
  if (!pattern.test(file))
    throw new MigrationError(`${file} is not named NNNN_name.sql (four digits, lower case); rename it.`);
  const [first = ""] = sql.split(/\r?\n/, 1);
  const kind = declaration.exec(first)?.[1];
  if (kind !== "expand" && kind !== "contract")
    throw new MigrationError(
      `${file} begins with ${JSON.stringify(first)} and does not say what it does to the release before; write "-- expand" as its first line if that release runs on it as well, or "-- contract" if it does not.`,
    );
  return { name: file.slice(0, -".sql".length), kind, sql, checksum: checksum(sql) };
}

/** Every migration of `directory` in order. Throws MigrationError with what is wrong with all the files. */
export function readMigrations(directory: string): Migration[] {
  const files = readdirSync(directory)
    .filter((file) => file.endsWith(".sql"))
    .sort();
  if (files.length === 0)
    throw new MigrationError(`${directory} has no .sql file; the release is incomplete.`);
  const problems: string[] = [];
  const migrations: Migration[] = [];
  const byNumber = new Map<string, string>();
  for (const file of files) {
    try {
      migrations.push(parseMigration(file, readFileSync(join(directory, file), "utf8")));
    } catch (error) {
      if (!(error instanceof MigrationError)) throw error;
      problems.push(error.message);
    }
    const number = file.slice(0, 4);
    const other = byNumber.get(number);
    if (other !== undefined) problems.push(`${other} and ${file} have the same number; renumber one.`);
    byNumber.set(number, file);
  }
  if (problems.length > 0) throw new MigrationError(problems.join("\n"));
  return migrations;
}
