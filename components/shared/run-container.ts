import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { ContainerPlan } from "./container";
import type { Image } from "./context";

/** Turns a container's plan into the resource. */
export function runContainer(
  name: string,
  plan: ContainerPlan,
  image: Image,
  options: pulumi.CustomResourceOptions,
): docker.Container {
  return new docker.Container(name, { ...plan.args, image: image.resource.imageId }, options);
}

/** For what can exist only once: the old container goes before the new one comes. */
export const once = { deleteBeforeReplace: true } as const;
