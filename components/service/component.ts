import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { hostFiles } from "../shared/files";
import { gate } from "../shared/gate";
import type { Host } from "../shared/host";
import { makeWay } from "../shared/make-way";
import { runContainer } from "../shared/run-container";
import type { ServiceArgs } from "./args";
import type { ServicePlan } from "./plan";

/**
 * A replicated service. A changed replica is made beside the old one, which the engine removes at the end of the
 * update, after everything that depends on `ready`; so the old one serves until the proxy knows the new one.
 */
export class Service extends pulumi.ComponentResource {
  readonly containers: readonly docker.Container[];
  /** Gates of the replicas: who waits for them waits until every replica answers `/ready`. */
  readonly ready: readonly pulumi.Resource[];

  constructor(
    name: string,
    host: Host,
    plan: ServicePlan,
    args: ServiceArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("backline:service:Service", name, {}, options);
    const child = { parent: this };
    const files = plan.files
      ? [
          hostFiles(`${name}-files`, host, plan.files, args.writer.reference, {
            ...child,
            dependsOn: [args.writer.resource],
          }),
        ]
      : [];
    this.containers = plan.replicas.map((replica, slot) => {
      const way = makeWay(`${name}-${slot}-name`, host, replica.name, args.image.resource.imageId, child);
      return runContainer(`${name}-${slot}`, replica, args.image, {
        ...child,
        deleteBeforeReplace: plan.update === "stop-first",
        dependsOn: [...files, way, ...args.after],
      });
    });
    this.ready = this.containers.map((container, slot) =>
      gate(
        `${name}-${slot}-gate`,
        host,
        {
          container: plan.replicas[slot]?.name ?? "",
          probe: plan.probe,
          timeout: plan.startTimeout,
        },
        container.id,
        child,
      ),
    );
    this.registerOutputs({});
  }
}
