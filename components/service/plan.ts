import { paths } from "../../services/contract/environment";
import { type ContainerPlan, planContainer } from "../shared/container";
import { type FilesPlan, planFiles } from "../shared/files";
import { imageVersion } from "../shared/names";
import type { ServicePlanArgs } from "./args";
import { type PlannedEnvironment, planEnvironment, secretsPath, serviceValues } from "./environment";

/** uid:gid of `node` in the official image. */
const owner = "1000:1000";

export interface ServicePlan {
  readonly name: string;
  readonly update: "start-first" | "stop-first";
  readonly startTimeout: number;
  /** What Prometheus asks; undefined: nothing. */
  readonly metrics: { readonly port: number; readonly path: string } | undefined;
  /** Its secret files; undefined for a service that has none. */
  readonly files: FilesPlan | undefined;
  /** Asked inside a new replica until it exits with 0. */
  readonly probe: readonly string[];
  readonly replicas: readonly ContainerPlan[];
}

/** Secret files of a process, mounted where its environment says. */
export const planSecretFiles = (
  { host, nameKey }: Pick<ServicePlanArgs, "host" | "nameKey">,
  name: string,
  files: PlannedEnvironment["files"],
  user = owner,
): FilesPlan => planFiles(host, nameKey, { name, owner: user, files });

export function planService(args: ServicePlanArgs): ServicePlan {
  const { environment, files: secretFiles } = planEnvironment(args.source, serviceValues(args));
  const files = planSecretFiles(args, args.name, secretFiles);
  const replica = (slot: number): ContainerPlan =>
    planContainer({
      stack: args.stack,
      service: args.name,
      slot,
      image: args.imageReference,
      version: imageVersion(args.imageReference),
      environment,
      user: owner,
      memory: args.memory,
      cpu: args.cpu,
      networks: [
        { name: args.networks.edge, aliases: [args.name] },
        { name: args.networks.data, aliases: [args.name] },
        { name: args.networks.monitoring, aliases: [args.name] },
      ],
      binds: [{ hostPath: files.directory, containerPath: secretsPath }],
      tmpfs: { "/tmp": "size=64m,mode=1777" },
      // Liveness, not readiness: a store that is away is no reason to restart what waits for it.
      health: { test: ["node", "/app/probe.cjs", "live"], interval: 10, startPeriod: 20 },
      stopSignal: "SIGTERM",
      stopGrace: Math.ceil(args.stopGrace),
    });
  return {
    name: args.name,
    update: args.update,
    startTimeout: args.startTimeout,
    metrics: { port: args.ports.metrics, path: paths.metrics },
    files,
    probe: ["node", "/app/probe.cjs", "ready"],
    replicas: Array.from({ length: args.replicas }, (_, slot) => replica(slot)),
  };
}
