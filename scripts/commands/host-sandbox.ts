import { Argument, type Command } from "commander";
import { sandboxName } from "../operations/sandbox-name";
import { examples, jsonOption, yesOption } from "./options";

const nameArgument = () =>
  new Argument("[name]", "name of the sandbox").argParser(sandboxName).default("sandbox");

interface StartOptions {
  yes?: boolean;
  json?: boolean;
}

/** `host sandbox`: containers that stand in for a blank server. */
export function addHostSandbox(host: Command): void {
  const group = host
    .command("sandbox")
    .summary("a blank host in a container, for trying a deployment without a server")
    .description(
      "Runs containers that stand in for a blank Debian server: systemd, SSH as root with a key of their own, apt, and nothing else. Several can run side by side.",
    )
    .helpCommand("help [command]", "explain a command");
  examples(
    group,
    "./backline host sandbox start",
    "./backline host sandbox list",
    "./backline host sandbox stop",
  );
  addStart(group);
  addStop(group);
  addList(group);
}

function addStart(group: Command): void {
  examples(
    group
      .command("start")
      .summary("start a sandbox and print how to reach it")
      .description(
        "Starts a blank host in a container, waits until systemd and SSH are up, and prints address, key and what to write into Pulumi.<stack>.yaml. One that runs already is left as it is.",
      )
      .addArgument(nameArgument())
      .addOption(yesOption())
      .addOption(jsonOption())
      .action(async (name: string, { yes = false, json = false }: StartOptions) => {
        const { start } = await import("../operations/sandbox");
        await start(name, { yes, json });
      }),
    "./backline host sandbox start",
    "./backline host sandbox start second --yes",
    "./backline host sandbox start --json",
  );
}

function addStop(group: Command): void {
  examples(
    group
      .command("stop")
      .summary("remove a sandbox with everything on it")
      .description(
        "Removes the sandbox's container, network, volume and key, with everything that was deployed to it. The image stays for the next one.",
      )
      .addArgument(nameArgument())
      .addOption(jsonOption())
      .action(async (name: string, { json = false }: { json?: boolean }) => {
        const { stop } = await import("../operations/sandbox");
        await stop(name, json);
      }),
    "./backline host sandbox stop",
    "./backline host sandbox stop second",
  );
}

function addList(group: Command): void {
  examples(
    group
      .command("list")
      .summary("print the sandboxes on this machine")
      .description("Prints the sandboxes on this machine, those of other checkouts included.")
      .addOption(jsonOption())
      .action(async ({ json = false }: { json?: boolean }) => {
        const { list } = await import("../operations/sandbox");
        await list(json);
      }),
    "./backline host sandbox list",
    "./backline host sandbox list --json",
  );
}
