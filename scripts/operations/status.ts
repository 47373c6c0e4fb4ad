import type { DockerTarget, StackContainer } from "./docker";
import { listContainers } from "./docker";
import { type ExpectedContainer, type Outputs, promised } from "./outputs";
import { table } from "./table";

export interface ContainerStatus {
  readonly name: string;
  readonly service: string;
  readonly slot?: number | undefined;
  /** Docker's word, or `missing`. */
  readonly state: string;
  readonly health?: string | undefined;
  /** Such as `512Mi`; `-` is no limit. */
  readonly memory: string;
  readonly cpu: number;
  readonly restarts: number;
  readonly image?: string;
  readonly startedAt?: string;
}

export interface StackStatus {
  readonly stack: string;
  /** Whether every container runs and none is unhealthy or missing. */
  readonly healthy: boolean;
  readonly containers: readonly ContainerStatus[];
  readonly urls: Readonly<Record<string, string>>;
  readonly caCertificate?: string;
}

/** What runs, seen against what the outputs promise. */
export async function stackStatus(target: DockerTarget, outputs: Outputs): Promise<StackStatus> {
  return compareWithOutputs(target.stack, await listContainers(target), outputs);
}

export function compareWithOutputs(
  stack: string,
  found: readonly StackContainer[],
  outputs: Outputs,
): StackStatus {
  const { containers: expected, urls, caCertificate } = promised(outputs);
  const names = new Set(found.map(({ name }) => name));
  const containers = [
    ...found.map(statusOf),
    ...expected.filter(({ name }) => !names.has(name)).map(missing),
  ].sort((a, b) => (a.service < b.service ? -1 : a.service > b.service ? 1 : (a.slot ?? 0) - (b.slot ?? 0)));
  return {
    stack,
    healthy: containers.length > 0 && containers.every(isHealthy),
    containers,
    urls,
    ...(caCertificate === undefined ? {} : { caCertificate }),
  };
}

function statusOf(container: StackContainer): ContainerStatus {
  const { name, service, slot, state, health, cpu, restarts, image, startedAt } = container;
  return {
    name,
    service,
    slot,
    state,
    health,
    memory: mebibytes(container.memory),
    cpu,
    restarts,
    image,
    startedAt,
  };
}

const missing = ({ name, service, slot }: ExpectedContainer): ContainerStatus => ({
  name,
  service,
  slot,
  state: "missing",
  memory: "-",
  cpu: 0,
  restarts: 0,
});

const isHealthy = ({ state, health }: ContainerStatus): boolean =>
  state === "running" && (health === undefined || health === "healthy");

function mebibytes(bytes: number): string {
  if (bytes === 0) return "-";
  const count = Math.round(bytes / 2 ** 20);
  return count % 1024 === 0 ? `${count / 1024}Gi` : `${count}Mi`;
}

/** The table of what runs, and the addresses below it. */
export function renderStatus(status: StackStatus): string {
  const rows = status.containers.map(({ service, slot, name, state, health, memory, cpu, restarts }) => [
    slot === undefined ? service : `${service} ${slot}`,
    name,
    state,
    health ?? "-",
    memory,
    cpu === 0 ? "-" : String(cpu),
    String(restarts),
  ]);
  const containers =
    rows.length === 0
      ? `Nothing of the stack ${status.stack} runs; ./backline up ${status.stack} starts it.\n`
      : table(["SERVICE", "CONTAINER", "STATE", "HEALTH", "MEMORY", "CPU", "RESTARTS"], rows);
  const urls = Object.entries(status.urls).map(([name, url]) => [name, url]);
  const certificate = status.caCertificate === undefined ? [] : [["certificate", status.caCertificate]];
  const addresses = urls.length === 0 ? "" : `\n${table(["SITE", "URL"], [...urls, ...certificate])}`;
  return `${containers}${addresses}`;
}
