import type { Command } from "commander";
import { examples, jsonOption, stackArgument, yesOption } from "./options";

interface TrustOptions {
  yes?: boolean;
  json?: boolean;
}

export function addHostTrust(group: Command): void {
  examples(
    group
      .command("trust")
      .summary("pin the key of a stack's host")
      .description(
        "Reads the host's key with ssh-keyscan, shows its fingerprint and how to compare it, asks, and writes host.hostKey into Pulumi.<stack>.yaml. No other key is accepted from then on. ssh-keyscan knows no jump hosts: where the host is behind one, write the first two words of its /etc/ssh/ssh_host_ed25519_key.pub as host.hostKey by hand.",
      )
      .addArgument(stackArgument())
      .addOption(yesOption())
      .addOption(jsonOption())
      .action(async (stack: string, { yes = false, json = false }: TrustOptions) => {
        const { trust } = await import("../operations/host-trust");
        const { projectRoot: root } = await import("../operations/project");
        await trust({ root, stack, yes, json });
      }),
    "./backline host trust staging",
    "./backline host trust staging --yes --json",
  );
}
