import type { ContainerPlan } from "../components/shared/container";
import { formatMemory } from "../components/shared/units";
import type { PlatformPlan } from "./plan";

export interface ContainerOutput {
  readonly name: string;
  readonly service: string;
  readonly slot?: number;
  readonly memory: string;
  readonly cpu: number;
}

/** What a stack promises to those who use it. Never a secret. */
export interface Outputs {
  /** URL of each site. */
  readonly urls: Readonly<Record<string, string>>;
  /** File with the internal CA's certificate, where certificates are signed by it. */
  readonly caCertificate?: string;
  readonly containers: readonly ContainerOutput[];
  readonly warnings: readonly string[];
}

const output = ({ name, spec }: ContainerPlan): ContainerOutput => ({
  name,
  service: spec.service,
  ...(spec.slot === undefined ? {} : { slot: spec.slot }),
  memory: formatMemory(spec.memory),
  cpu: spec.cpu,
});

export function outputsOf(
  plan: PlatformPlan,
  caCertificate: string | undefined,
  warnings: readonly string[],
): Outputs {
  const programs = plan.monitoring
    ? Object.values(plan.monitoring).flatMap((program) => (program ? [program.container] : []))
    : [];
  const containers = [
    plan.proxy.container,
    ...plan.services.flatMap(({ replicas }) => replicas),
    plan.postgres.container,
    plan.redis.container,
    ...programs,
  ];
  return {
    urls: plan.proxy.urls,
    ...(caCertificate === undefined ? {} : { caCertificate }),
    containers: containers.map(output),
    warnings,
  };
}
