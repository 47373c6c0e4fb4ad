import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { planNetworks } from "./plan";

/** The private networks of a stack. */
export class PrivateNetworks extends pulumi.ComponentResource {
  readonly resources: readonly docker.Network[];

  constructor(name: string, args: { readonly stack: string }, options?: pulumi.ComponentResourceOptions) {
    super("backline:network:PrivateNetworks", name, {}, options);
    this.resources = planNetworks(args.stack).map(
      (plan) =>
        new docker.Network(
          `${name}-${plan.key}`,
          {
            name: plan.name,
            driver: "bridge",
            internal: plan.internal,
            labels: plan.labels.map((label) => ({ ...label })),
          },
          { parent: this, deleteBeforeReplace: true },
        ),
    );
    this.registerOutputs({});
  }
}
