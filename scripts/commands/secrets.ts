import { Argument, type Command } from "commander";
import type { Way } from "../../toolchain";
import type { SecretReport } from "../operations/secrets/report";
import { examples, jsonOption, stackArgument, toolchainOption, verboseOption, yesOption } from "./options";

/** Commands about the secrets of a stack. */
export function addSecrets(program: Command): void {
  const group = program
    .command("secrets")
    .summary("list the secrets of a stack, and give them new values")
    .description("Works with the secrets of a stack. None is ever printed.")
    .helpCommand("help [command]", "explain a command");
  addList(group);
  addRotate(group);
  examples(group, "./backline secrets list dev", "./backline secrets rotate staging redisPassword");
}

function addList(group: Command): void {
  examples(
    group
      .command("list")
      .summary("print what secrets there are, and how old each is")
      .description(
        "Prints the name of each secret, what it is for, when it was last changed, and whether it can be rotated; never a value. Needs no passphrase.",
      )
      .addArgument(stackArgument())
      .addOption(jsonOption())
      .action(async (stack: string, { json = false }: { json?: boolean }) => {
        const { listSecrets } = await import("../operations/secrets/list");
        const { projectRoot } = await import("../operations/project");
        await printSecrets(stack, listSecrets(projectRoot, stack), json);
      }),
    "./backline secrets list dev",
    "./backline secrets list production --json",
  );
}

interface RotateOptions {
  yes?: boolean;
  json?: boolean;
  verbose?: boolean;
  toolchain?: Way;
}

function addRotate(group: Command): void {
  examples(
    group
      .command("rotate")
      .summary("give secrets new values while the stack serves")
      .description(
        "Gives one secret a new random value, or every one that can be rotated, in one or two updates like those of up. Old and new values are accepted until every replica has the new one, so that no request fails; then the old one is refused. A run that ended half-way is completed by running the command again. Commit the stack's file afterwards.",
      )
      .addArgument(stackArgument())
      .addArgument(new Argument("[name]", "one secret, as secrets list prints it"))
      .addOption(yesOption())
      .addOption(jsonOption())
      .addOption(toolchainOption())
      .addOption(verboseOption())
      .action(
        async (
          stack: string,
          name: string | undefined,
          { yes = false, json = false, verbose, toolchain }: RotateOptions,
        ) => {
          const { rotate } = await import("../operations/secrets/rotate");
          const { projectRoot: root } = await import("../operations/project");
          const reports = await rotate({ root, stack, name, yes, verbose, forced: toolchain });
          await printSecrets(stack, reports, json);
        },
      ),
    "./backline secrets rotate dev",
    "./backline secrets rotate staging postgresPassword --yes",
  );
}

async function printSecrets(stack: string, reports: readonly SecretReport[], json: boolean): Promise<void> {
  const { print, printJson } = await import("../operations/say");
  const { renderSecrets } = await import("../operations/secrets/report");
  if (json) printJson(reports);
  else print(renderSecrets(stack, reports, new Date()));
}
