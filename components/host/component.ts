import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { SshAccess } from "../shared/ssh";
import type { HostArgs } from "./args";
import { groups } from "./plan";
import { applyParts, applyScript } from "./remote";

/**
 * A hardened host that runs Docker. Each group of steps is one command, which runs again only where it has changed.
 * Nothing is taken back when it is deleted: a host that no longer has a platform stays hardened.
 */
export class HardenedHost extends pulumi.ComponentResource {
  /** Done when the host runs Docker and lets the user in. */
  readonly ready: pulumi.Resource;

  constructor(name: string, ssh: SshAccess, args: HostArgs, options?: pulumi.ComponentResourceOptions) {
    super("backline:host:HardenedHost", name, {}, options);
    const commands: local.Command[] = [];
    for (const group of groups)
      commands.push(
        new local.Command(
          `${name}-${group.name}`,
          { create: applyScript(ssh, group), stdin: applyParts(args, group.name) },
          { parent: this, dependsOn: commands.slice(-1) },
        ),
      );
    this.ready = commands.at(-1) ?? this;
    this.registerOutputs({});
  }
}
