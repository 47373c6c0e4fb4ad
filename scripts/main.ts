import { CommanderError } from "commander";
import { InputError, OperationError } from "../components/shared/errors";
import { Reported } from "./operations/reported";
import { makeProgram } from "./program";

/** What another program wrote, before the sentence about it; with `--verbose` alone. */
function showRaw(raw: string | undefined, words: readonly string[]): void {
  if (raw !== undefined && raw.trim() !== "" && words.includes("--verbose"))
    process.stderr.write(`${raw.trim()}\n\n`);
}

/** Runs a command line; answers the exit code: 0 done, 1 failed, 2 bad input. */
async function run(words: readonly string[]): Promise<number> {
  try {
    await makeProgram().parseAsync(words, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof Reported) return 1;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof InputError || error instanceof OperationError) {
      if (error instanceof OperationError) showRaw(error.raw, words);
      process.stderr.write(`${error.message}\n`);
      return error instanceof InputError ? 2 : 1;
    }
    const text = error instanceof Error ? error.message : String(error);
    const trace = error instanceof Error && words.includes("--verbose") ? error.stack : undefined;
    process.stderr.write(
      trace === undefined
        ? `Backline failed in a way that it does not know: ${text} (--verbose shows where)\n`
        : `${trace}\n`,
    );
    return 1;
  }
}

// A reader that has seen enough, such as `head`, closes the pipe: nothing is left to tell anyone.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(1);
  });

process.exitCode = await run(process.argv.slice(2));
