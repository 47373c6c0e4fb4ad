import { Argument, type Command, Option } from "commander";
import { stackName } from "../operations/project";

/** Pieces that commands share, so that one thing is called the same everywhere. */
export const stackArgument = () =>
  new Argument("<stack>", "name of the environment, as in Pulumi.<stack>.yaml").argParser(stackName);

export const yesOption = () => new Option("-y, --yes", "agree to everything beforehand");

export const jsonOption = () => new Option("--json", "print JSON");

/** `--json` is short for one of them. */
export const formatOption = (description: string) =>
  new Option("--format <format>", description).choices(["text", "markdown", "json"]).default("text");

export const verboseOption = () =>
  new Option("--verbose", "show everything that Pulumi, Docker and SSH print, stack traces included");

export const toolchainOption = () =>
  new Option(
    "--toolchain <way>",
    "take tools and images from their makers (official) or build them from package registries (registry); by default the first that works",
  ).choices(["official", "registry"]);

/** Adds examples to a command's help. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`);
}
