import { Command, CommanderError } from "commander";
import { InputError, OperationError } from "../components/shared/errors";
import { addCheck } from "./commands/check";
import { addDestroy } from "./commands/destroy";
import { addDoctor } from "./commands/doctor";
import { addEnv } from "./commands/env";
import { addInit } from "./commands/init";
import { addLogs } from "./commands/logs";
import { addOutputs } from "./commands/outputs";
import { addPreview } from "./commands/preview";
import { addRefresh } from "./commands/refresh";
import { addStatus } from "./commands/status";
import { addTest } from "./commands/test";
import { addUp } from "./commands/up";
import { Reported } from "./operations/reported";

const commands = [
  addInit,
  addCheck,
  addPreview,
  addUp,
  addStatus,
  addOutputs,
  addLogs,
  addRefresh,
  addDestroy,
  addEnv,
  addDoctor,
  addTest,
];

function makeProgram(): Command {
  const program = new Command("backline")
    .description("Turns a host into a running real-time platform, with Pulumi.")
    .usage("<command> [options]")
    .helpCommand("help [command]", "explain a command")
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      "after",
      '\nBegin with: ./backline up dev\nExit codes: 0 done, 1 failed, 2 bad input. "./backline help <command>" explains one.',
    );
  for (const add of commands) add(program);
  for (const command of [program, ...program.commands]) command.helpOption("-h, --help", "explain this");
  return program;
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

process.exitCode = await run(process.argv.slice(2));
