import { readableMemory } from "../../components/shared/units";
import type { Settings } from "./settings";

export interface Share {
  readonly part: string;
  readonly memory: number;
  readonly cpu: number;
}

type Sized = Pick<Settings, "services" | "postgres" | "redis" | "proxy" | "monitoring" | "host">;

/** What each part of the system may use on the host, the reserve included. */
export function shares(settings: Sized): Share[] {
  const { services, postgres, redis, proxy, monitoring, host } = settings;
  // One of the host, and one of each store.
  const exporters = 1 + (postgres === undefined ? 0 : 1) + (redis === undefined ? 0 : 1);
  return [
    ...services.map(({ name, replicas, memory, cpu }) => ({
      part: `services.${name}`,
      memory: memory * replicas,
      cpu: cpu * replicas,
    })),
    ...(postgres === undefined ? [] : [{ part: "postgres", memory: postgres.memory, cpu: postgres.cpu }]),
    ...(redis === undefined ? [] : [{ part: "redis", memory: redis.memory, cpu: redis.cpu }]),
    { part: "proxy", memory: proxy.memory, cpu: proxy.cpu },
    ...(monitoring.enabled
      ? [
          {
            part: "monitoring",
            memory:
              monitoring.prometheus.memory +
              monitoring.alertmanager.memory +
              monitoring.exporter.memory * exporters +
              (monitoring.grafana ? monitoring.grafanaLimits.memory : 0),
            cpu:
              monitoring.prometheus.cpu +
              monitoring.alertmanager.cpu +
              monitoring.exporter.cpu * exporters +
              (monitoring.grafana ? monitoring.grafanaLimits.cpu : 0),
          },
        ]
      : []),
    { part: "reserve", ...host.reserve },
  ];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const cores = (value: number): number => Math.round(value * 1000) / 1000;

/**
 * Holds the limits against the host. During a rollout a service's new replicas run beside its old ones, so room for
 * the largest such service must be there. A release that rolls several services at once may need more than the host
 * has; limits are caps and not reservations, so that is a warning, as is CPU over-commit.
 */
export function checkBudget(settings: Sized): {
  error?: string;
  warnings: { path: string; message: string }[];
} {
  const parts = shares(settings);
  const steady = sum(parts.map(({ memory }) => memory));
  const surges = settings.services
    .filter(({ update }) => update === "start-first")
    .map(({ name, memory, replicas }) => ({ name, memory: memory * replicas }))
    .sort((a, b) => b.memory - a.memory);
  const [largest] = surges;
  const peak = steady + (largest?.memory ?? 0);
  const has = settings.host.memory;
  const warnings: { path: string; message: string }[] = [];
  if (peak > has) {
    const list = parts.map(({ part, memory }) => `${part} ${readableMemory(memory)}`).join(", ");
    const surge = largest
      ? ` and a rollout of services.${largest.name} needs ${readableMemory(largest.memory)} more`
      : "";
    return {
      error: `the limits add up to ${readableMemory(steady)} (${list})${surge}, but the host has ${readableMemory(has)}; lower a limit or raise host.memory`,
      warnings,
    };
  }
  const together = steady + sum(surges.map(({ memory }) => memory));
  if (together > has)
    warnings.push({
      path: "host.memory",
      message: `a release that rolls ${surges.map(({ name }) => name).join(", ")} at once may use up to ${readableMemory(together)} for its length, the host has ${readableMemory(has)}`,
    });
  const cpu = cores(sum(parts.map((part) => part.cpu)));
  if (cpu > settings.host.cpus)
    warnings.push({
      path: "host.cpus",
      message: `the CPU limits add up to ${cpu}, the host has ${settings.host.cpus}; when everything is busy at once, each gets less`,
    });
  return { warnings };
}
