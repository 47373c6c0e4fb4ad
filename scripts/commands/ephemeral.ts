import { Argument, type Command, Option } from "commander";
import type { Way } from "../../toolchain";
import { examples, jsonOption, toolchainOption, verboseOption, yesOption } from "./options";

interface EphemeralOptions {
  ttl: string;
  settings?: string;
  yes?: boolean;
  json?: boolean;
  verbose?: boolean;
  hostIsGone?: boolean;
  toolchain?: Way;
}

const nameArgument = () =>
  new Argument("<name>", "name of the stack, such as pr-42: up to 16 lower-case letters, digits and hyphens");

const ttlOption = (description: string) => new Option("--ttl <time>", description);

/** For all but `create`: it says where, and the rest of the file is not looked at. */
const hostOption = () =>
  new Option("--settings <file>", "also look at the host that this file names, as given to create");

const show = () => import("../operations/ephemeral/show");

/** `ephemeral`: copies of staging that end by themselves. */
export function addEphemeral(program: Command): void {
  const group = program
    .command("ephemeral")
    .summary("make copies of staging that are removed when their time is over")
    .description(
      "Makes copies of staging with names, database, secrets and host names of their own, on this machine's Docker or on a host, with test data. Each has a time to live; reap removes those whose time is over, however far their creation came. docs/ephemeral.md says more.",
    )
    .helpCommand("help [command]", "explain a command");
  addCreate(group);
  addList(group);
  addExtend(group);
  addDestroy(group);
  addReap(group);
  examples(
    group,
    "./backline ephemeral create pr-42 --ttl 8h",
    "./backline ephemeral list",
    "./backline ephemeral reap --yes",
  );
}

function addCreate(group: Command): void {
  examples(
    group
      .command("create")
      .summary("make a copy of staging, or bring one up to date")
      .description(
        "Makes the stack eph-<name> as Pulumi.staging.yaml describes staging, with sites below <name>.audifi.localhost, free ports, secrets of its own and test data. One that is there already takes what the sources are now and the new time; what a creation that failed has left is removed first.",
      )
      .addArgument(nameArgument())
      .addOption(ttlOption("how long it lives: 90m, 8h, 2d; 7d at most").default("8h"))
      .option(
        "--settings <file>",
        "settings that win over staging's, in the form of a Pulumi.<stack>.yaml: a host, a domain, smaller limits",
      )
      .addOption(yesOption())
      .addOption(jsonOption())
      .addOption(toolchainOption())
      .addOption(verboseOption())
      .action(async (name: string, options: EphemeralOptions) => {
        const { ttl, settings, yes = false, json = false, verbose, toolchain } = options;
        const { showCreated } = await show();
        await showCreated({ name, ttl, settings, yes, verbose, forced: toolchain }, json);
      }),
    "./backline ephemeral create demo",
    "./backline ephemeral create pr-42 --ttl 2d --yes",
    "./backline ephemeral create trial --settings host.yaml",
  );
}

function addList(group: Command): void {
  examples(
    group
      .command("list")
      .summary("print the ephemeral stacks, their state and the time that they have left")
      .description(
        "Prints the ephemeral stacks that this checkout has made or that run on this machine's Docker: creating, running, failed (its creation ended before it was done) or expired (the next reap removes it).",
      )
      .addOption(hostOption())
      .addOption(jsonOption())
      .action(async ({ settings, json = false }: EphemeralOptions) => {
        await (await show()).showList(settings, json);
      }),
    "./backline ephemeral list",
    "./backline ephemeral list --json",
  );
}

function addExtend(group: Command): void {
  examples(
    group
      .command("extend")
      .summary("give a stack a new end, counted from now")
      .description("Sets until when a stack lives, counted from now: later than before, or sooner.")
      .addArgument(nameArgument())
      .addOption(ttlOption("how long it lives from now: 90m, 8h, 2d; 7d at most").makeOptionMandatory())
      .addOption(hostOption())
      .addOption(jsonOption())
      .action(async (name: string, { ttl, settings, json = false }: EphemeralOptions) => {
        await (await show()).showExtended(settings, name, ttl, json);
      }),
    "./backline ephemeral extend demo --ttl 4h",
  );
}

function addDestroy(group: Command): void {
  examples(
    group
      .command("destroy")
      .summary("remove a stack with its data, whatever its state is")
      .description(
        "Removes containers, volumes with their data, networks, images and files of the stack, its state, its passphrase and its Pulumi.eph-<name>.yaml. A stack that there is not counts as removed.",
      )
      .addArgument(nameArgument())
      .addOption(hostOption())
      .option("--host-is-gone", "remove only what this checkout has of a stack whose host there is no more")
      .addOption(yesOption())
      .addOption(jsonOption())
      .addOption(toolchainOption())
      .action(async (name: string, options: EphemeralOptions) => {
        const { settings, yes = false, json = false, toolchain, hostIsGone } = options;
        await (await show()).showDestroyed({ settings, yes, forced: toolchain, hostIsGone }, name, json);
      }),
    "./backline ephemeral destroy demo",
    "./backline ephemeral destroy pr-42 --yes",
  );
}

function addReap(group: Command): void {
  examples(
    group
      .command("reap")
      .summary("remove all stacks whose time is over; exit code 1 if one stays")
      .description(
        "Removes every ephemeral stack whose time is over, those that were never made to the end among them. One that cannot be removed stops none of the others. For a timer: docs/ephemeral.md has one.",
      )
      .addOption(hostOption())
      .addOption(yesOption())
      .addOption(jsonOption())
      .addOption(toolchainOption())
      .action(async ({ settings, yes = false, json = false, toolchain }: EphemeralOptions) => {
        await (await show()).showReaped({ settings, yes, forced: toolchain }, json);
      }),
    "./backline ephemeral reap",
    "./backline ephemeral reap --yes --json",
  );
}
