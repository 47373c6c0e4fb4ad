import * as pulumi from "@pulumi/pulumi";
import type { Bind } from "./container";
import { type FileSpec, inDirectory, payload, readPayload, reveal } from "./files";
import { type Host, type HostCommand, hostCommand } from "./host";
import { keyedHash, labels } from "./names";
import type { Secret } from "./secret";
import { quote } from "./shell";

/** Configuration that a running program takes up by a reload, so that a change of it replaces no container. */
export interface LiveConfig {
  readonly service: string;
  readonly owner: string;
  readonly files: readonly FileSpec[];
  /** Shell command that checks the files in the directory `$dir` with the program that will read them. */
  readonly validate: string;
  /** Shell command that makes the running container `$id` take up the new files. */
  readonly reload: string;
  /** Shell command that waits until `$id` has what the new files need; undefined: nothing that it has to get first. */
  readonly settle?: string | undefined;
}

/** A file whose content is known only when other resources are there. */
export interface LateFile {
  readonly name: string;
  readonly content: pulumi.Input<string>;
}

const directoryOf = (service: string): string => `live-${service}`;

/** The bind mount through which the program sees its files, in `<containerPath>/current`. */
export function liveBind(host: Host, service: string, containerPath: string): Bind {
  return { hostPath: `${host.directory}/${host.stack}/${directoryOf(service)}`, containerPath };
}

/**
 * The scripts that write a new version beside the old one, have it checked by the program's own image, switch a link to
 * it and reload the running container. What is refused, by the check or by the reload, or does not settle, leaves the
 * old version serving.
 */
export function liveConfigCommand(
  host: Host,
  config: LiveConfig,
  image: string,
): { readonly create: string; readonly delete: string } {
  const directory = quote(directoryOf(config.service));
  const write = [
    // The version comes first on standard input: with late files it is known no earlier than they are.
    `cd /files; mkdir -p ${directory}; cd ${directory}; read -r version; dir=$PWD/$version`,
    "rm -rf next; previous=$(readlink current || true)",
    'if [ "$previous" = "$version" ]; then cat > /dev/null; exit 0; fi',
    'rm -rf "$version"',
    readPayload('"$version"', config.owner),
    `if ! (${config.validate}) >&2; then rm -rf "$version"; exit 1; fi`,
    'printf %s "$previous" > previous',
    'ln -s "$version" next; mv -fT next current',
    'for old in */; do case "$old" in current/|"$version"/|"$previous"/) ;; *) rm -rf "$old" ;; esac; done',
  ].join("\n");
  const back = [
    `cd /files/${directory}; previous=$(cat previous)`,
    'test -n "$previous"; ln -s "$previous" next; mv -fT next current',
  ].join("\n");
  const find = `docker ps --quiet --filter label=${labels.stack}=${host.stack} --filter label=${labels.service}=${config.service}`;
  const goBack = `${inDirectory(host, image, back)} < /dev/null`;
  return {
    create: [
      inDirectory(host, image, write),
      `for id in $(${find}); do`,
      `  if ! (${config.reload}) >&2; then ${goBack}; exit 1; fi`,
      ...(config.settle === undefined
        ? []
        : [`  if ! (${config.settle}) >&2; then ${goBack}; (${config.reload}) >&2; exit 1; fi`]),
      "done",
    ].join("\n"),
    delete: inDirectory(host, image, `rm -rf /files/${directory}`),
  };
}

/** Configuration of a running program, as a resource. */
export function liveConfig(
  name: string,
  host: Host,
  nameKey: Secret,
  config: LiveConfig,
  image: string,
  options: pulumi.CustomResourceOptions,
  late: readonly LateFile[] = [],
): HostCommand {
  const stdin = pulumi.secret(
    pulumi
      .all(late.map(({ content }) => content))
      .apply((contents) => withVersion(nameKey, [...config.files, ...filesOf(late, contents)])),
  );
  return hostCommand(name, host, { ...liveConfigCommand(host, config, image), stdin }, options);
}

const filesOf = (late: readonly LateFile[], contents: readonly string[]): FileSpec[] =>
  late.map(({ name }, index) => ({ name, content: contents[index] ?? "" }));

/** A line with the files' version, then the files. */
export function withVersion(nameKey: Secret, files: readonly FileSpec[]): string {
  const version = keyedHash(
    nameKey.reveal(),
    files.map((file) => [file.name, reveal(file.content)]),
  );
  return `${version}\n${payload(files)}`;
}
