import { type CertificateStatus, certificateCell } from "./certificates";
import type { DockerTarget, StackContainer } from "./docker";
import { listContainers } from "./docker";
import { type ExpectedContainer, type Outputs, promised } from "./outputs";
import { table } from "./table";

export interface ContainerStatus {
  readonly name: string;
  readonly service: string;
  readonly slot?: number | undefined;
  /** Of a bundled service: the hash of what its image is built from. */
  readonly version?: string | undefined;
  /** True: the last good update knows nothing of it. */
  readonly left?: boolean;
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
  /** Id of the last good release; undefined: there is none. */
  readonly release?: string;
  /** Whether every container runs and none is unhealthy or missing. */
  readonly healthy: boolean;
  readonly containers: readonly ContainerStatus[];
  readonly urls: Readonly<Record<string, string>>;
  readonly caCertificate?: string;
  /** Whether the last update failed or was killed. */
  readonly lastUpdate: "succeeded" | "failed";
  /** What each site is served with; undefined: it was not looked at. */
  readonly certificates?: readonly CertificateStatus[];
}

/** What runs, seen against what the outputs promise. */
export async function stackStatus(
  target: DockerTarget,
  outputs: Outputs,
  lastUpdate: StackStatus["lastUpdate"],
): Promise<StackStatus> {
  return compareWithOutputs(target.stack, await listContainers(target), outputs, lastUpdate);
}

export function compareWithOutputs(
  stack: string,
  found: readonly StackContainer[],
  outputs: Outputs,
  lastUpdate: StackStatus["lastUpdate"] = "succeeded",
): StackStatus {
  const { containers: expected, urls, caCertificate, release } = promised(outputs);
  const names = new Set(found.map(({ name }) => name));
  const known = new Set(expected.map(({ name }) => name));
  const containers = [
    ...found.map((container) => ({
      ...statusOf(container),
      ...(expected.length === 0 || known.has(container.name) ? {} : { left: true }),
    })),
    ...expected.filter(({ name }) => !names.has(name)).map(missing),
  ].sort((a, b) => (a.service < b.service ? -1 : a.service > b.service ? 1 : (a.slot ?? 0) - (b.slot ?? 0)));
  return {
    stack,
    ...(release === undefined ? {} : { release }),
    healthy: containers.length > 0 && containers.every(isHealthy),
    containers,
    urls,
    ...(caCertificate === undefined ? {} : { caCertificate }),
    lastUpdate,
  };
}

function statusOf(container: StackContainer): ContainerStatus {
  const { name, service, slot, version, state, health, cpu, restarts, image, startedAt } = container;
  return {
    name,
    service,
    slot,
    version,
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

const label = ({ service, slot }: ContainerStatus): string =>
  slot === undefined ? service : `${service} ${slot}`;

/** What an update that failed half-way, or is under way, has made beside what serves; empty where there is none. */
function renderLeft({ containers, release, stack, lastUpdate }: StackStatus): string {
  const left = containers.filter((container) => container.left);
  if (left.length === 0) {
    if (lastUpdate === "succeeded" || release === undefined) return "";
    return `\nThe last update failed, and has left no container beside those of the release ${release}.\n`;
  }
  const described = (container: ContainerStatus): string =>
    `${label(container)} (${container.name}${container.version === undefined ? "" : `, version ${container.version}`})`;
  const serving = containers.filter(
    ({ service, left: isLeft, state }) =>
      isLeft !== true && state === "running" && left.some((other) => other.service === service),
  );
  return [
    "",
    `Left by an update that failed half-way, or of one that is under way: ${left.map(described).join(", ")}.`,
    serving.length === 0
      ? `Nothing serves in their place; ./backline logs ${stack} <service> says why.`
      : `${release === undefined ? "What ran before" : `The release ${release}`} serves: ${serving.map(described).join(", ")}. The next good deploy removes the others.`,
    "",
  ].join("\n");
}

/** The table of what runs, and the addresses below it. */
export function renderStatus(status: StackStatus): string {
  const rows = status.containers.map((container) => {
    const { name, version, state, health, memory, cpu, restarts } = container;
    return [
      label(container),
      name,
      version ?? "-",
      state,
      health ?? "-",
      memory,
      cpu === 0 ? "-" : String(cpu),
      String(restarts),
    ];
  });
  const containers =
    rows.length === 0
      ? `Nothing of the stack ${status.stack} runs; ./backline up ${status.stack} starts it.\n`
      : table(["SERVICE", "CONTAINER", "VERSION", "STATE", "HEALTH", "MEMORY", "CPU", "RESTARTS"], rows);
  return `${containers}${renderLeft(status)}${renderSites(status)}`;
}

function renderSites({ urls, caCertificate, certificates }: StackStatus): string {
  const cellOf = (site: string): string[] => {
    const found = certificates?.find((certificate) => certificate.site === site);
    return found === undefined ? [] : [certificateCell(found)];
  };
  const rows = Object.entries(urls).map(([site, url]) => [site, url, ...cellOf(site)]);
  if (rows.length === 0) return "";
  const authority = caCertificate === undefined ? [] : [["certificate", caCertificate]];
  const header = ["SITE", "URL", ...(certificates === undefined ? [] : ["CERTIFICATE"])];
  const warnings = (certificates ?? []).flatMap(({ warning }) =>
    warning === undefined ? [] : [`WARNING: ${warning}\n`],
  );
  return `\n${table(header, [...rows, ...authority])}${warnings.length === 0 ? "" : `\n${warnings.join("")}`}`;
}
