import { Command } from "commander";
import { version } from "../package.json";
import { addCheck } from "./commands/check";
import { addDeploy } from "./commands/deploy";
import { addDestroy } from "./commands/destroy";
import { addDiagram } from "./commands/diagram";
import { addDoctor } from "./commands/doctor";
import { addDrift } from "./commands/drift";
import { addEnv } from "./commands/env";
import { addEphemeral } from "./commands/ephemeral";
import { addHost } from "./commands/host";
import { addInit } from "./commands/init";
import { addJobs } from "./commands/jobs";
import { addLogs } from "./commands/logs";
import { verboseOption } from "./commands/options";
import { addOutputs } from "./commands/outputs";
import { addPreview } from "./commands/preview";
import { addRefresh } from "./commands/refresh";
import { addReleases } from "./commands/releases";
import { addRollback } from "./commands/rollback";
import { addSecrets } from "./commands/secrets";
import { addState } from "./commands/state";
import { addStatus } from "./commands/status";
import { addTest } from "./commands/test";
import { addUp } from "./commands/up";
import { addUsers } from "./commands/users";

const commands = [
  addInit,
  addCheck,
  addPreview,
  addUp,
  addDeploy,
  addRollback,
  addReleases,
  addStatus,
  addOutputs,
  addLogs,
  addJobs,
  addUsers,
  addSecrets,
  addDiagram,
  addDrift,
  addRefresh,
  addState,
  addDestroy,
  addEphemeral,
  addEnv,
  addHost,
  addDoctor,
  addTest,
];

/** The command line: its commands in the order in which help lists them. Mistakes throw a `CommanderError`. */
export function makeProgram(): Command {
  const program = new Command("backline")
    .description("Turns a host into a running real-time platform, with Pulumi.")
    .usage("<command> [options]")
    .version(version, "-V, --version", "say which version this is")
    .helpCommand("help [command]", "explain a command")
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      "after",
      '\nBegin with: ./backline up dev\nExit codes: 0 done, 1 failed, 2 bad input. "./backline help <command>" explains one.',
    );
  for (const add of commands) add(program);
  nameHelp(program);
  for (const command of program.commands) addVerbose(command);
  return program;
}

/** What other programs wrote can be seen with every command that does something. */
function addVerbose(command: Command): void {
  for (const below of command.commands) addVerbose(below);
  const has = command.options.some(({ long }) => long === "--verbose");
  if (command.commands.length === 0 && !has) command.addOption(verboseOption());
}

/** Calls help the same at every level. */
function nameHelp(command: Command): void {
  command.helpOption("-h, --help", "explain this");
  for (const below of command.commands) nameHelp(below);
}
