import type { Command } from "commander";
import type { Way } from "../../toolchain";
import type { NewStack } from "../operations/new-stack";
import { examples, stackArgument, toolchainOption } from "./options";

interface InitOptions extends NewStack {
  toolchain?: Way;
}

export function addInit(program: Command): void {
  examples(
    program
      .command("init")
      .summary("make a stack, its passphrase and its secrets")
      .description(
        "Makes what is missing of a stack: its file, its entry in the state, a passphrase in .backline/passphrases, and its secrets, encrypted in its file. What is there stays as it is.",
      )
      .addArgument(stackArgument())
      .option("--system <name>", "system to run, a file in stacks/systems, for a new file (default: audifi)")
      .option("--domain <name>", "base domain, for a new file (default, on this machine: <system>.localhost)")
      .option("--host <address>", "host to deploy to, for a new file (default: Docker on this machine)")
      .option("--user <name>", "admin user to make on the host, for a new file (default: ops)")
      .option("--email <address>", "address for the CA that signs certificates, for a new file")
      .addOption(toolchainOption())
      .action(async (stack: string, options: InitOptions) => {
        const { init } = await import("../operations/init");
        await init(stack, options, options.toolchain);
      }),
    "./backline init dev",
    "./backline init try --system example",
    "./backline init qa --domain qa.example.com --host 203.0.113.5 --email ops@example.com",
  );
}
