import * as pulumi from "@pulumi/pulumi";
import { type Host, type HostCommand, hostCommand } from "./host";
import { keyedHash } from "./names";
import { Secret } from "./secret";
import { quote } from "./shell";
import { taskCommand } from "./task";

/** A file for a container: its content may be secret. */
export interface FileSpec {
  /** Name without directories. */
  readonly name: string;
  readonly content: string | Secret;
}

export interface FileSet {
  /** What the files are for: the service's name. */
  readonly name: string;
  /** Numeric owner of the files, who alone may read them. */
  readonly owner: string;
  readonly files: readonly FileSpec[];
}

/** Files whose directory is named by a keyed hash of what is in them: changed content is a new directory. */
export interface FilesPlan extends FileSet {
  readonly directory: string;
}

export function planFiles(host: Host, nameKey: Secret, set: FileSet): FilesPlan {
  const content = set.files.map(({ name, content }) => [name, reveal(content)]);
  const hash = keyedHash(nameKey.reveal(), [set.owner, content]);
  return { ...set, directory: `${host.directory}/${host.stack}/${set.name}-${hash}` };
}

export const reveal = (content: string | Secret): string =>
  content instanceof Secret ? content.reveal() : content;

/** One line a file, `<name> <base64>`, as the scripts below read it. */
export function payload(files: readonly FileSpec[]): string {
  return files
    .map(({ name, content }) => `${name} ${Buffer.from(reveal(content)).toString("base64")}\n`)
    .join("");
}

/**
 * Runs a script as root in a short-lived container without network, which sees one directory of the host as
 * `/files`. So the operator needs the right to use Docker and no other right on the host.
 */
export function inDirectory(host: Host, image: string, script: string): string {
  return taskCommand({
    stack: host.stack,
    image,
    entrypoint: "/bin/sh",
    arguments: ["-euc", script],
    options: [
      "-i",
      "--network",
      "none",
      "--user",
      "0:0",
      "--volume",
      `${host.directory}/${host.stack}:/files`,
    ],
    // Caddy's program carries the last one, and does not start where it cannot be had.
    capabilities: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "NET_BIND_SERVICE"],
  });
}

/** Reads the payload from standard input into a directory, a word of the shell, that its owner alone can read. */
export function readPayload(path: string, owner: string): string {
  return [
    `mkdir -p ${path}`,
    "while read -r name data; do",
    `  printf %s "$data" | base64 -d > ${path}/"$name"; chmod 0400 ${path}/"$name"; chown ${owner} ${path}/"$name"`,
    "done",
    `chown ${owner} ${path}; chmod 0500 ${path}`,
  ].join("\n");
}

const base = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/**
 * Writes a set of files to its directory on the host, and removes it when nothing uses it any more. What is there
 * under the same hash is left alone: containers have it mounted.
 */
export function hostFiles(
  name: string,
  host: Host,
  plan: FilesPlan,
  image: string,
  options: pulumi.CustomResourceOptions,
): HostCommand {
  const directory = `/files/${base(plan.directory)}`;
  const staging = `${directory}.part`;
  const write = [
    `if [ -d ${quote(directory)} ]; then cat > /dev/null; exit 0; fi`,
    `rm -rf ${quote(staging)}`,
    readPayload(quote(staging), plan.owner),
    `mv ${quote(staging)} ${quote(directory)}`,
  ];
  return hostCommand(
    name,
    host,
    {
      create: inDirectory(host, image, write.join("\n")),
      delete: inDirectory(host, image, `rm -rf ${quote(directory)} ${quote(staging)}`),
      stdin: pulumi.secret(payload(plan.files)),
      triggers: [plan.directory],
    },
    options,
  );
}
