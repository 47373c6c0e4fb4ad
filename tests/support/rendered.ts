import { reveal } from "../../components/shared/files";
import type { PlatformPlan } from "../../stacks/plan";

/** Every file that a plan renders, by a path that says which program reads it. */
export function renderedFiles(plan: PlatformPlan): Record<string, string> {
  const { proxy, redis, monitoring } = plan;
  const sets = [
    { folder: "proxy", files: proxy.config.files },
    { folder: "redis", files: redis ? [...redis.files.files, ...redis.config.files] : [] },
    ...(monitoring
      ? [
          { folder: "prometheus", files: monitoring.prometheus.config?.files ?? [] },
          { folder: "alertmanager", files: monitoring.alertmanager.config?.files ?? [] },
          { folder: "redis-exporter", files: monitoring.redisExporter?.files?.files ?? [] },
          { folder: "grafana", files: monitoring.grafana?.files?.files ?? [] },
        ]
      : []),
  ];
  return Object.fromEntries(
    sets.flatMap(({ folder, files }) =>
      files.map(({ name, content }) => [`${folder}/${name}`, reveal(content)]),
    ),
  );
}

/** The arguments of every container of a plan, by service and slot. */
export function renderedContainers(plan: PlatformPlan): string {
  const programs = plan.monitoring
    ? Object.values(plan.monitoring).flatMap((program) => (program ? [program.container] : []))
    : [];
  const containers = [
    plan.proxy.container,
    ...plan.services.flatMap(({ replicas }) => replicas),
    ...(plan.postgres ? [plan.postgres.container] : []),
    ...(plan.redis ? [plan.redis.container] : []),
    ...programs,
  ];
  return `${JSON.stringify(
    containers.map(({ args, spec }) => ({ image: spec.image, ...args })),
    null,
    2,
  )}\n`;
}
