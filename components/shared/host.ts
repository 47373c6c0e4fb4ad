import { local } from "@pulumi/command";
import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { quote } from "./shell";
import { type SshAccess, sshDestination, sshFunctions, sshOptions, urlHost } from "./ssh";

/** The machine that runs the containers of a stack. */
export interface Host {
  /** Undefined: the machine that runs Pulumi. */
  readonly ssh: SshAccess | undefined;
  /** Directory for configuration and secret files. */
  readonly directory: string;
  readonly stack: string;
}

export interface HostCommandArgs {
  /** Shell script; it runs again in place whenever it or `stdin` changes. Without one there is only the end. */
  readonly create?: string;
  /** Command of this machine's that runs in its place where something changes and nothing is replaced. */
  readonly update?: string;
  /** Runs when the resource is deleted or replaced. */
  readonly delete?: string;
  /** Secret content goes this way, never into a script. */
  readonly stdin?: pulumi.Input<string>;
  /** A change of any of these replaces the command. */
  readonly triggers?: pulumi.Input<unknown>[];
}

export type HostCommand = local.Command;

/**
 * A script that runs on the host: directly where the host is this machine, else through `ssh`, over the connection that
 * all of them share. A connection that Pulumi's plugin makes would be one for each command, and would need the private
 * key in the state.
 */
export function hostCommand(
  name: string,
  host: Host,
  args: HostCommandArgs,
  options: pulumi.CustomResourceOptions,
): HostCommand {
  const { ssh } = host;
  const script = args.create === undefined ? undefined : `set -eu\n${args.create}`;
  const there = (command: string): string => (ssh === undefined ? command : onHost(ssh, command));
  return new local.Command(
    name,
    {
      // Where standard input is free, the script goes that way: an error then begins with what happened, and not with
      // a page of shell.
      ...(script === undefined
        ? {}
        : args.stdin === undefined
          ? { create: there("sh -s"), stdin: script }
          : { create: there(script), stdin: args.stdin }),
      ...(args.update === undefined ? {} : { update: args.update }),
      ...(args.delete === undefined ? {} : { delete: there(`set -eu\n${args.delete}`) }),
      ...(args.triggers === undefined ? {} : { triggers: args.triggers }),
    },
    options,
  );
}

/** Lines after which `on_host` runs its words on the host. */
const reachHost = (ssh: SshAccess): string[] => [
  sshFunctions(ssh),
  `reach on_host || unreachable ${quote(sshDestination(ssh, "shared"))}`,
];

/** A script for this machine that runs a command on the host, with its own standard input. */
const onHost = (ssh: SshAccess, command: string): string =>
  ["set -eu", ...reachHost(ssh), `on_host ${quote(`sh -c ${quote(command)}`)}`].join("\n");

export interface OperatorCommandArgs extends Pick<HostCommandArgs, "delete" | "triggers"> {
  /** Shell script; it runs again in place whenever it changes. */
  readonly create: string;
  /** Whether standard output is a result, and not shown. Default false. */
  readonly quiet?: boolean;
}

/**
 * A script that runs on the machine that runs Pulumi, in which `on_host <command>` runs a command on the host. `delete`
 * runs there too, without it.
 */
export function operatorCommand(
  name: string,
  { ssh }: Host,
  { create, quiet = false, ...args }: OperatorCommandArgs,
  options: pulumi.CustomResourceOptions,
): HostCommand {
  const reach = ssh === undefined ? ['on_host() { sh -c "$1"; }'] : reachHost(ssh);
  const stdin = ["set -eu", ...reach, create].join("\n");
  const logging = quiet ? { logging: local.Logging.Stderr } : {};
  return new local.Command(name, { ...args, ...logging, create: "sh -s", stdin }, options);
}

/** Arguments of the Docker provider for a host. */
export function dockerProviderArgs({ ssh }: Host): docker.ProviderArgs {
  return ssh === undefined
    ? {}
    : {
        host: `ssh://${ssh.user}@${urlHost(ssh.address)}:${ssh.port}`,
        // One connection for everything: a firewall that limits SSH would block the sixth in 30 s.
        sshOpts: sshOptions(ssh, "shared"),
      };
}
