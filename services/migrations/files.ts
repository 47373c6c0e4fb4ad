/** The migration files and the order they belong in. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Migration {
  /** NNNN_name, without the extension. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, line ends normalised. */
  readonly checksum: string;
}

/** The migrations cannot be applied as they are; the message says which and what to do. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

const pattern = /^(\d{4})_[a-z0-9_]+\.sql$/;

export function checksum(sql: string): string {
  return createHash("sha256").update(sql.replaceAll("\r\n", "\n")).digest("hex");
}

/** Directory of the SQL files of the program at `main`: `migrations/` beside the bundle, or the source's own. */
export function migrationsDirectory(main: string): string {
  const beside = join(dirname(main), "migrations");
  return existsSync(beside) ? beside : dirname(main);
}

/** Every migration of `directory` in order. Throws MigrationError for a misnamed file or a number used twice. */
export function readMigrations(directory: string): Migration[] {
  const files = readdirSync(directory)
    .filter((file) => file.endsWith(".sql"))
    .sort();
  if (files.length === 0)
    throw new MigrationError(`${directory} has no .sql file; the release is incomplete.`);
  const byNumber = new Map<string, string>();
  return files.map((file) => {
    const number = pattern.exec(file)?.[1];
    if (number === undefined) {
      throw new MigrationError(`${file} is not named NNNN_name.sql (four digits, lower case); rename it.`);
    }
    const other = byNumber.get(number);
    if (other !== undefined)
      throw new MigrationError(`${other} and ${file} have the same number; renumber one.`);
    byNumber.set(number, file);
    const sql = readFileSync(join(directory, file), "utf8");
    return { name: file.slice(0, -".sql".length), sql, checksum: checksum(sql) };
  });
}

export interface Applied {
  readonly name: string;
  readonly checksum: string;
}

/**
 * Which of `migrations` are still to be applied, in order. Applied ones that have no file are left alone: they belong
 * to a newer release, and this is an older one that was rolled back to.
 */
export function pendingMigrations(
  migrations: readonly Migration[],
  applied: readonly Applied[],
): Migration[] {
  const known = new Map(applied.map(({ name, checksum }) => [name, checksum]));
  const changed = migrations.filter(({ name, checksum }) => known.has(name) && known.get(name) !== checksum);
  if (changed.length > 0) {
    throw new MigrationError(
      `${listed(changed)} changed after being applied to this database. Restore the file and put the change into a new migration.`,
    );
  }
  const pending = migrations.filter(({ name }) => !known.has(name));
  const last =
    applied
      .map(({ name }) => name)
      .sort()
      .at(-1) ?? "";
  const late = pending.filter(({ name }) => name < last);
  if (late.length > 0) {
    throw new MigrationError(
      `${listed(late)} comes before ${last}, which this database already has. Give it the next free number.`,
    );
  }
  return pending;
}

const listed = (migrations: readonly Migration[]): string => migrations.map(({ name }) => name).join(", ");
