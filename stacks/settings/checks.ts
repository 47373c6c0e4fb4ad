import type { ProblemCode } from "./codes";
import { suggestion } from "./problems";
import type { StackConfig } from "./schema";
import type { Settings } from "./settings";

/** A problem before it knows its file. */
export interface Finding {
  readonly code: ProblemCode;
  readonly path: string;
  readonly message: string;
}

/** Names in the configuration that the system does not have. */
export function checkNames(
  config: StackConfig,
  sites: readonly string[],
  services: readonly string[],
): Finding[] {
  const unknown = (
    group: "sites" | "services",
    noun: "site" | "service",
    known: readonly string[],
  ): Finding[] =>
    Object.keys(config[group] ?? {})
      .filter((name) => !known.includes(name))
      .map((name) => ({
        code: `unknown-${noun}`,
        path: `${group}.${name}`,
        message: `the system has no such ${noun}; ${suggestion(name, known)}`,
      }));
  return [...unknown("sites", "site", sites), ...unknown("services", "service", services)];
}

/** Stack names become parts of container, network and volume names. */
export function checkStackName(stack: string): Finding[] {
  return /^[a-z][a-z0-9-]{0,18}[a-z0-9]$/.test(stack)
    ? []
    : [
        {
          code: "stack-name",
          path: "",
          message: `the stack's name "${stack}" cannot be used in container names; write 2 to 20 lower-case letters, digits and hyphens, beginning with a letter`,
        },
      ];
}

/** Ports on the host, each used once. */
export function checkPorts({ proxy, host }: Settings): Finding[] {
  const findings: Finding[] = [];
  if (proxy.httpPort === proxy.httpsPort)
    findings.push({
      code: "duplicate-port",
      path: "proxy.httpsPort",
      message: `${proxy.httpsPort} is already proxy.httpPort; write another port`,
    });
  for (const key of ["httpPort", "httpsPort"] as const)
    if (host.address !== undefined && proxy[key] === host.port)
      findings.push({
        code: "duplicate-port",
        path: `proxy.${key}`,
        message: `${proxy[key]} is the port of the host's SSH server (host.port); write another port`,
      });
  return findings;
}

export function checkTimes({ services }: Settings): Finding[] {
  return services
    .filter(({ drain, stopGrace }) => stopGrace < drain + 5)
    .map(({ name, drain, stopGrace }) => ({
      code: "drain",
      path: `services.${name}.stopGrace`,
      message: `"${stopGrace}s" ends the process before its drain of ${drain} s is over; write "${drain + 5}s" or more, or shorten services.${name}.drain`,
    }));
}

/** Connections that are not the services': superuser_reserved_connections, the exporter, migrations. */
const otherConnections = 8;

/** During a rollout old and new replicas hold their pools at the same time. */
export function checkPools({ services, postgres }: Settings): Finding[] {
  const users = services.filter(({ needs }) => needs.includes("postgres"));
  const needed = users.reduce(
    (total, { replicas, poolSize, update }) =>
      total + replicas * poolSize * (update === "start-first" ? 2 : 1),
    otherConnections,
  );
  if (postgres === undefined || needed <= postgres.maxConnections) return [];
  const list = users.map(({ name, replicas, poolSize }) => `${name} ${replicas} x ${poolSize}`).join(", ");
  return [
    {
      code: "pool",
      path: "postgres.maxConnections",
      message: `${postgres.maxConnections} is less than the ${needed} connections that a rollout can open (${list}, old and new replicas together, and ${otherConnections} others); raise it or lower a service's poolSize`,
    },
  ];
}

export function checkRedis({ redis, services }: Settings): Finding[] {
  const queue = services.find((service) => service.queue);
  return queue && redis !== undefined && redis.evictionPolicy !== "noeviction"
    ? [
        {
          code: "eviction",
          path: "redis.evictionPolicy",
          message: `"${redis.evictionPolicy}" would drop jobs of the queue that ${queue.name} uses; write "noeviction"`,
        },
      ]
    : [];
}

/** Docker refuses a container that may use more cores than there are. */
export function checkCores({ services, postgres, redis, proxy, host }: Settings): Finding[] {
  const parts = [
    ...services.map(({ name, cpu }) => ({ path: `services.${name}.cpu`, cpu })),
    ...(postgres === undefined ? [] : [{ path: "postgres.cpu", cpu: postgres.cpu }]),
    ...(redis === undefined ? [] : [{ path: "redis.cpu", cpu: redis.cpu }]),
    { path: "proxy.cpu", cpu: proxy.cpu },
  ];
  return parts
    .filter(({ cpu }) => cpu > host.cpus)
    .map(({ path, cpu }) => ({
      code: "cpu-budget",
      path,
      message: `${cpu} is more than the ${host.cpus} cores of the host; lower it or raise host.cpus`,
    }));
}
