import type * as pulumi from "@pulumi/pulumi";
import type { ReleaseRecord } from "../components/release";
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
  /** Id of the release that serves. */
  readonly release: string;
  /**
   * All that the host remembers, newest last. It is known only once the release is good, and until then the engine keeps
   * all outputs as they were: after an update that failed they tell what still serves.
   */
  readonly releases: pulumi.Output<readonly ReleaseRecord[]>;
  readonly warnings: readonly string[];
  /** What the domain's registrar has to be told, where the stack has made the zone at Cloudflare. */
  readonly nameServers?: pulumi.Output<string[]>;
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
  releases: Outputs["releases"],
  caCertificate: string | undefined,
  warnings: readonly string[],
  nameServers: pulumi.Output<string[]> | undefined,
): Outputs {
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
  return {
    urls: plan.urls,
    ...(caCertificate === undefined ? {} : { caCertificate }),
    containers: containers.map(output),
    release: plan.release.id,
    releases,
    warnings,
    ...(nameServers === undefined ? {} : { nameServers }),
  };
}
