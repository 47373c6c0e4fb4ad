import { relative } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Image } from "../shared/context";
import { labels } from "../shared/names";
import type { Bundle } from "./bundle";
import type { CatalogueImage, ImageName } from "./catalogue";
import { type ImageSource, imageReference } from "./plan";

export interface ImagesArgs {
  readonly stack: string;
  readonly source: ImageSource;
  readonly catalogue: Readonly<Record<ImageName, CatalogueImage>>;
}

/** The images of a stack: third-party ones are pulled or found, those of the bundled services are built. */
export class Images extends pulumi.ComponentResource {
  readonly #args: ImagesArgs;
  readonly #name: string;
  readonly #made = new Map<string, Image>();

  constructor(name: string, args: ImagesArgs, options?: pulumi.ComponentResourceOptions) {
    super("backline:images:Images", name, {}, options);
    this.#args = args;
    this.#name = name;
    this.registerOutputs({});
  }

  /** A third-party image; it stays on the host after a destroy, since others may use it. */
  thirdParty(image: ImageName): Image {
    const made = this.#made.get(image);
    if (made) return made;
    const reference = imageReference(this.#args.catalogue[image], this.#args.source);
    const resource = new docker.RemoteImage(
      `${this.#name}-${image}`,
      { name: reference, keepLocally: true },
      { parent: this },
    );
    const result = { reference, resource };
    this.#made.set(image, result);
    return result;
  }

  /** An image of our own, built by the daemon that runs it. */
  bundled(bundle: Bundle): Image {
    const base = this.thirdParty("node");
    const reference = `backline/${this.#args.stack}-${bundle.name}:${bundle.hash}`;
    const resource = new docker.RemoteImage(
      `${this.#name}-${bundle.name}`,
      {
        name: reference,
        build: {
          // Relative, so that another checkout of the same sources is no change.
          context: relative(process.cwd(), bundle.directory),
          // BuildKit would build on this machine, also for a remote host.
          useLegacyBuilder: true,
          labels: { [labels.stack]: this.#args.stack },
          // The builder's own intermediate containers.
          remove: true,
          forceRemove: true,
        },
      },
      { parent: this, dependsOn: [base.resource] },
    );
    return { reference, resource };
  }
}
