import { Argument, type Command } from "commander";
import { examples, jsonOption, stackArgument, yesOption } from "./options";

interface StateOptions {
  configuration?: boolean;
  yes?: boolean;
  json?: boolean;
}

const show = () => import("../operations/state/show");
const rootOf = async () => (await import("../operations/project")).projectRoot;

/** `state`: copies of what Pulumi knows of a stack. */
export function addState(program: Command): void {
  const group = program
    .command("state")
    .summary("back up Pulumi's state of a stack, and bring it back")
    .description(
      "Works with copies of a stack's state and of its Pulumi.<stack>.yaml, where the state is in a folder of this machine. Every command that changes the state makes one first; the last 20 are kept. docs/state.md says more.",
    )
    .helpCommand("help [command]", "explain a command");
  addBackup(group);
  addList(group);
  addRestore(group);
  examples(
    group,
    "./backline state list dev",
    "./backline state backup staging",
    "./backline state restore dev",
  );
}

function addBackup(group: Command): void {
  examples(
    group
      .command("backup")
      .summary("make a backup now")
      .description(
        "Copies the state and Pulumi.<stack>.yaml to .backline/backups/<stack>. The passphrase that their secrets need is not copied: the warning says where it is. A backup made by hand counts among the 20 that are kept.",
      )
      .addArgument(stackArgument())
      .addOption(jsonOption())
      .action(async (stack: string, { json = false }: StateOptions) => {
        await (await show()).showBackup(await rootOf(), stack, json);
      }),
    "./backline state backup dev",
    "./backline state backup staging --json",
  );
}

function addList(group: Command): void {
  examples(
    group
      .command("list")
      .summary("print the backups, newest first, and which of them can be restored")
      .description(
        "Prints each backup with its time, what it was made before, its size, how many resources its state has, and whether it can be read. The copy that the engine itself keeps is called engine.",
      )
      .addArgument(stackArgument())
      .addOption(jsonOption())
      .action(async (stack: string, { json = false }: StateOptions) => {
        (await show()).showCopies(await rootOf(), stack, json);
      }),
    "./backline state list dev",
    "./backline state list staging --json",
  );
}

function addRestore(group: Command): void {
  examples(
    group
      .command("restore")
      .summary("put a backup in the place of the state")
      .description(
        "Takes the backup that is named, or else the newest one that can be read; for a state that is damaged or gone, the copy with the latest state. What it replaces becomes a backup itself. Refused while something works on the stack. Nothing that runs is touched: the next up looks at what is really there.",
      )
      .addArgument(stackArgument())
      .addArgument(new Argument("[backup]", "name of a backup, as state list prints it"))
      .option("--configuration", "bring Pulumi.<stack>.yaml back too, as it was then")
      .addOption(yesOption())
      .addOption(jsonOption())
      .action(
        async (
          stack: string,
          backup: string | undefined,
          { configuration = false, yes = false, json = false }: StateOptions,
        ) => {
          const { showRestored } = await show();
          await showRestored({ root: await rootOf(), stack, backup, configuration, yes }, json);
        },
      ),
    "./backline state restore dev",
    "./backline state restore staging 20300131-120000 --yes",
    "./backline state restore staging 20300131-120000 --configuration",
  );
}
