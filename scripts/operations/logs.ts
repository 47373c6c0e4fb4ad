import { execa } from "execa";
import { InputError } from "../../components/shared/errors";
import { type DockerTarget, dockerCommand, listContainers, type StackContainer } from "./docker";
import { print } from "./say";

export interface LogsOptions {
  /** Default: every service. */
  readonly service?: string | undefined;
  readonly follow?: boolean | undefined;
  /** Lines from the end of each container's log, or `all`. */
  readonly tail: string;
  /** As Docker reads it: `10m`, or a time. */
  readonly since?: string | undefined;
  readonly timestamps?: boolean | undefined;
}

/** Prints the logs of a service's containers, each line behind the container's service and slot. */
export async function logs(target: DockerTarget, options: LogsOptions): Promise<void> {
  const all = await listContainers(target);
  const services = [...new Set(all.map(({ service }) => service))];
  const chosen = all.filter(({ service }) => options.service === undefined || service === options.service);
  if (chosen.length === 0) {
    const known = services.length === 0 ? "nothing of the stack runs" : `there are: ${services.join(", ")}`;
    const what =
      options.service === undefined ? "there is nothing to show" : `no container of "${options.service}"`;
    throw new InputError([{ code: "unknown-service", file: "", path: "", message: `${what}; ${known}` }]);
  }
  const width = Math.max(...chosen.map((container) => label(container).length));
  await Promise.all(chosen.map((container) => show(target, container, width, options)));
}

const label = ({ service, slot }: StackContainer): string =>
  slot === undefined ? service : `${service} ${slot}`;

async function show(
  target: DockerTarget,
  container: StackContainer,
  width: number,
  options: LogsOptions,
): Promise<void> {
  const { follow, tail, since, timestamps } = options;
  const [program, ...words] = dockerCommand(target, [
    "logs",
    "--tail",
    tail,
    ...(follow ? ["--follow"] : []),
    ...(timestamps ? ["--timestamps"] : []),
    ...(since === undefined ? [] : ["--since", since]),
    container.id,
  ]);
  const child = execa(program, words, { all: true, buffer: false, reject: false, stdin: "ignore" });
  const prefix = `${label(container).padEnd(width)} | `;
  for await (const line of child.iterable({ from: "all" })) print(`${prefix}${line}\n`);
  await child;
}
