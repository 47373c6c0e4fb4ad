/** Which migrations a database lacks, and whether it and a release fit together. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Migration, MigrationError, type MigrationKind } from "../contract/migrations";

/** Directory of the SQL files of the program at `main`: `migrations/` beside the bundle, or the source's own. */
export function migrationsDirectory(main: string): string {
  const beside = join(dirname(main), "migrations");
  return existsSync(beside) ? beside : dirname(main);
}

/** A row of `schema_migrations`. */
export interface Applied {
  readonly name: string;
  readonly checksum: string;
  readonly kind: MigrationKind;
}

/**
 * Which of `migrations` are still to be applied, in order. Applied ones that have no file belong to a newer release, and
 * this is an older one that was rolled back to: it runs on what was added since, and not on what was taken away.
 */
export function pendingMigrations(
  migrations: readonly Migration[],
  applied: readonly Applied[],
): Migration[] {
  const files = new Set(migrations.map(({ name }) => name));
  const crossed = applied.filter(({ name, kind }) => kind === "contract" && !files.has(name));
  if (crossed.length > 0)
    throw new MigrationError(
      `${listed(crossed)} is applied to this database, took away what this release needs, and is not among its files. Deploy a release that has it.`,
    );
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

const listed = (migrations: readonly { readonly name: string }[]): string =>
  migrations.map(({ name }) => name).join(", ");
