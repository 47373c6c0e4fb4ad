/** Brings the database up to date, then exits: 0 done, 1 failed, 2 unusable environment. */
import { realpathSync } from "node:fs";
import pg from "pg";
import { MigrationError, readMigrations } from "../contract/migrations";
import { type Environment, environments } from "../runtime/environment";
import { environmentOrExit, run } from "../runtime/process";
import { sleep, within } from "../runtime/time";
import { applyMigrations, wholeLimit } from "./apply";
import { migrationsDirectory } from "./files";

/** Seconds that PostgreSQL may take to accept connections. */
const connectSeconds = 60;

async function connect(env: Environment<"migrations">): Promise<pg.Client> {
  const deadline = Date.now() + connectSeconds * 1_000;
  for (;;) {
    const client = new pg.Client({
      host: env.POSTGRES_HOST,
      port: env.POSTGRES_PORT,
      database: env.POSTGRES_DATABASE,
      user: env.POSTGRES_USER,
      password: env.POSTGRES_PASSWORD_FILE,
      application_name: "backline-migrations",
      connectionTimeoutMillis: 5_000,
    });
    // A connection that breaks later rejects the query that runs; the event itself needs a listener.
    client.on("error", () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      const reason = error instanceof Error ? error.message : String(error);
      // A refusal that the server itself gave will not go away, except while it starts (57P03).
      const final = error instanceof pg.DatabaseError && error.code !== "57P03";
      if (final || Date.now() > deadline) {
        throw new MigrationError(
          `PostgreSQL at ${env.POSTGRES_HOST}:${env.POSTGRES_PORT} cannot be used: ${reason}`,
        );
      }
      await sleep(1_000);
    }
  }
}

run(async () => {
  const env = environmentOrExit(environments.migrations);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  try {
    const migrations = readMigrations(migrationsDirectory(realpathSync(process.argv[1] ?? ".")));
    const client = await connect(env);
    try {
      // Whoever is late closes the connection, and the server rolls back what was under way.
      const applied = await within(
        wholeLimit * 1_000,
        applyMigrations(client, migrations, print),
        new MigrationError(
          `The migrations were stopped after ${wholeLimit} s. Those that are reported as applied stay, the one under way is rolled back. Split it, or change large tables in steps.`,
        ),
      );
      print(
        applied.length === 0 ? "nothing to apply: the database is up to date" : `${applied.length} applied`,
      );
    } finally {
      await client.end();
    }
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
});
