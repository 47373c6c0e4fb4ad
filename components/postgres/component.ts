import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Image } from "../shared/context";
import { gate } from "../shared/gate";
import { type Host, hostCommand } from "../shared/host";
import { liveConfig } from "../shared/live-config";
import { once, runContainer } from "../shared/run-container";
import type { Secret } from "../shared/secret";
import type { PostgresPlan } from "./plan";
import { rolesCommand } from "./roles";

export interface PostgresArgs {
  readonly host: Host;
  readonly nameKey: Secret;
  readonly image: Image;
  readonly plan: PostgresPlan;
}

/** PostgreSQL on a volume that outlives the stack. What needs it depends on `ready`. */
export class Postgres extends pulumi.ComponentResource {
  readonly container: docker.Container;
  readonly ready: pulumi.Resource;

  constructor(name: string, args: PostgresArgs, options?: pulumi.ComponentResourceOptions) {
    super("backline:postgres:Postgres", name, {}, options);
    const child = { parent: this };
    const { host, plan, nameKey } = args;
    const volume = new docker.Volume(
      `${name}-data`,
      { name: plan.volume.name, labels: plan.volume.labels },
      { ...child, retainOnDelete: true },
    );
    const config = liveConfig(`${name}-config`, host, nameKey, plan.config, args.image.reference, {
      ...child,
      dependsOn: [args.image.resource],
    });
    this.container = runContainer(name, plan.container, args.image, {
      ...child,
      ...once,
      dependsOn: [volume, config],
    });
    const answers = gate(
      `${name}-gate`,
      host,
      { container: plan.container.name, probe: plan.container.spec.health.test, timeout: 120 },
      this.container.id,
      child,
    );
    // The image sets the password only when it makes the database; the volume may be older than the secret.
    this.ready = hostCommand(
      `${name}-roles`,
      host,
      {
        create: rolesCommand(plan),
        stdin: pulumi.secret(plan.rolesSql),
        triggers: [this.container.id],
      },
      { ...child, dependsOn: [answers] },
    );
    this.registerOutputs({});
  }
}
