import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Image } from "../shared/context";
import { hostFiles } from "../shared/files";
import { gate } from "../shared/gate";
import type { Host } from "../shared/host";
import { liveConfig } from "../shared/live-config";
import { once, runContainer } from "../shared/run-container";
import type { Secret } from "../shared/secret";
import type { RedisPlan } from "./plan";

export interface RedisArgs {
  readonly host: Host;
  readonly nameKey: Secret;
  readonly image: Image;
  readonly plan: RedisPlan;
}

/** Redis with an append-only file, on a volume that outlives the stack. What needs it depends on `ready`. */
export class Redis extends pulumi.ComponentResource {
  readonly container: docker.Container;
  readonly ready: pulumi.Resource;

  constructor(name: string, args: RedisArgs, options?: pulumi.ComponentResourceOptions) {
    super("backline:redis:Redis", name, {}, options);
    const { plan } = args;
    const child = { parent: this };
    const volume = new docker.Volume(
      `${name}-data`,
      { name: plan.volume.name, labels: plan.volume.labels },
      { ...child, retainOnDelete: true },
    );
    const files = hostFiles(`${name}-files`, args.host, plan.files, args.image.reference, {
      ...child,
      dependsOn: [args.image.resource],
    });
    const passwords = liveConfig(
      `${name}-config`,
      args.host,
      args.nameKey,
      plan.config,
      args.image.reference,
      {
        ...child,
        dependsOn: [args.image.resource],
      },
    );
    this.container = runContainer(name, plan.container, args.image, {
      ...child,
      ...once,
      dependsOn: [volume, files, passwords],
    });
    this.ready = gate(
      `${name}-gate`,
      args.host,
      { container: plan.container.name, probe: plan.container.spec.health.test, timeout: 60 },
      this.container.id,
      child,
    );
    this.registerOutputs({});
  }
}
