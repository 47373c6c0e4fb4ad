import { planContainer } from "../shared/container";
import type { Limits, StackContext } from "../shared/context";
import type { ImagePorts, ImageServer, ServicePlanArgs } from "./args";
import { secretsPath } from "./environment";
import { planImageEnvironment, type StoreValuesArgs } from "./image-environment";
import { planSecretFiles, type ServicePlan } from "./plan";

/** A service from an image that is not Backline's own. */
export interface ImageServicePlanArgs
  extends StackContext,
    Limits,
    StoreValuesArgs,
    Pick<ServicePlanArgs, "name" | "imageReference" | "replicas" | "update" | "stopGrace" | "startTimeout"> {
  readonly ports: ImagePorts;
  readonly container: ImageServer;
}

/**
 * What runs inside the container to find out whether it works.
 * @throws Error where there is nothing to ask, which the checks have refused before.
 */
function probe(
  { container, ports, name }: ImageServicePlanArgs,
  path: string | undefined,
): readonly string[] {
  if (container.health.test !== undefined) return container.health.test;
  if (path === undefined || ports.health === undefined)
    throw new Error(`nothing says how ${name} is checked`);
  return ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${ports.health}${path}`];
}

export function planImageService(args: ImageServicePlanArgs): ServicePlan {
  const { container, ports, networks } = args;
  const { environment, files: secretFiles } = planImageEnvironment(container, args);
  const files =
    secretFiles.length === 0 ? undefined : planSecretFiles(args, args.name, secretFiles, container.user);
  const joined = [
    networks.edge,
    ...(args.needs.length > 0 ? [networks.data] : []),
    ...(ports.metrics === undefined ? [] : [networks.monitoring]),
  ];
  const live = probe(args, container.health.path);
  const replicas = Array.from({ length: args.replicas }, (_, slot) =>
    planContainer({
      stack: args.stack,
      service: args.name,
      slot,
      image: args.imageReference,
      ...(container.entrypoint === undefined ? {} : { entrypoint: container.entrypoint }),
      ...(container.command === undefined ? {} : { command: container.command }),
      environment,
      user: container.user,
      memory: args.memory,
      cpu: args.cpu,
      networks: joined.map((name) => ({ name, aliases: [args.name] })),
      binds: files === undefined ? [] : [{ hostPath: files.directory, containerPath: secretsPath }],
      tmpfs: container.tmpfs,
      capabilities: container.capabilities,
      readOnlyRoot: container.readOnlyRoot,
      health: { test: live, interval: 10, startPeriod: 20 },
      ...(container.stopSignal === undefined ? {} : { stopSignal: container.stopSignal }),
      stopGrace: Math.ceil(args.stopGrace),
    }),
  );
  return {
    name: args.name,
    update: args.update,
    startTimeout: args.startTimeout,
    metrics: ports.metrics === undefined ? undefined : { port: ports.metrics, path: container.metricsPath },
    files,
    probe: probe(args, container.health.readyPath ?? container.health.path),
    replicas,
  };
}
