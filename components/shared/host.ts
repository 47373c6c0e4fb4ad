import { local, remote } from "@pulumi/command";
import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";

/** The machine that runs the containers of a stack. */
export interface Host {
  /** Undefined: the machine that runs Pulumi. */
  readonly address: string | undefined;
  readonly user: string;
  readonly port: number;
  /** Directory for configuration and secret files. */
  readonly directory: string;
  readonly stack: string;
}

export interface HostCommandArgs {
  /** Shell script; it runs again in place whenever it or `stdin` changes. */
  readonly create: string;
  /** Runs when the resource is deleted or replaced. */
  readonly delete?: string;
  /** Secret content goes this way, never into a script. */
  readonly stdin?: pulumi.Input<string>;
  /** A change of any of these replaces the command. */
  readonly triggers?: pulumi.Input<unknown>[];
}

export type HostCommand = local.Command | remote.Command;

/** A script that runs on the host: directly where the host is this machine, else over SSH. */
export function hostCommand(
  name: string,
  host: Host,
  args: HostCommandArgs,
  options: pulumi.CustomResourceOptions,
): HostCommand {
  const script = `set -eu\n${args.create}`;
  const common = {
    // Where standard input is free, the script goes that way: an error then begins with what happened, and not with
    // a page of shell.
    ...(args.stdin === undefined
      ? { create: "sh -s", stdin: script }
      : { create: script, stdin: args.stdin }),
    ...(args.delete === undefined ? {} : { delete: `set -eu\n${args.delete}` }),
    ...(args.triggers === undefined ? {} : { triggers: args.triggers }),
  };
  if (host.address === undefined) return new local.Command(name, common, options);
  const connection = { host: host.address, user: host.user, port: host.port };
  return new remote.Command(name, { ...common, connection }, options);
}

/** Arguments of the Docker provider for a host. */
export function dockerProviderArgs(host: Host): docker.ProviderArgs {
  return host.address === undefined
    ? {}
    : {
        host: `ssh://${host.user}@${host.address}:${host.port}`,
        // One connection for everything: a firewall that limits SSH would block the sixth in 30 s.
        sshOpts: ["-o", "ControlMaster=auto", "-o", "ControlPersist=60s"],
      };
}
