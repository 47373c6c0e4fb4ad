/** What every process does around its own work. */
import type { z } from "zod";
import { EnvironmentError, readEnvironment } from "./environment";
import type { Logger } from "./log";
import { createShutdown, type ShutdownStep } from "./shutdown";

/** The environment that `schema` describes. Writes every mistake to standard error and exits 2 when it is unusable. */
export function environmentOrExit<Schema extends z.ZodObject>(schema: Schema): z.infer<Schema> {
  try {
    return readEnvironment(schema, process.env);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(
      `The environment is not usable:\n${error.problems.map((line) => `  ${line}\n`).join("")}`,
    );
    return process.exit(2);
  }
}

/** Runs `steps` on SIGTERM and SIGINT. An exception that nobody caught is logged and ends the process. */
export function handleSignals(log: Logger, drainSeconds: number, steps: readonly ShutdownStep[]): void {
  const shutdown = createShutdown({ log, drainSeconds, steps, exit: (code) => process.exit(code) });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void shutdown(signal));
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "an exception was not caught");
    process.exit(1);
  });
  // A library's forgotten promise while a store is away must not end every open request and connection with it.
  process.on("unhandledRejection", (error) => log.error({ err: error }, "a rejection was not handled"));
}

/** Starts the process and ends it with 1 when it cannot start. */
export function run(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    process.stderr.write(
      `The process could not start: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exit(1);
  });
}
