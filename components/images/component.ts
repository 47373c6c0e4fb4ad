import { relative } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Image } from "../shared/context";
import { type Host, hostCommand, operatorCommand } from "../shared/host";
import { labels } from "../shared/names";
import type { Bundle } from "./bundle";
import type { CatalogueImage, ImageName } from "./catalogue";
import { deliveryScript } from "./deliver";
import { type ImageSource, imageReference, planDelivery, registryHost } from "./plan";
import { removeScript } from "./remove";

/** The image of a service in a release. */
export interface ServiceImage {
  readonly name: string;
  /** Of a bundled service: the hash of its content is its version. */
  readonly reference: string;
  /**
   * What it is built from; undefined: it is on the host since it was released before and is not built again, or it is
   * not Backline's.
   */
  readonly bundle: Bundle | undefined;
}

export interface ImagesArgs {
  readonly host: Host;
  readonly source: ImageSource;
  readonly catalogue: Readonly<Record<ImageName, CatalogueImage>>;
  /** Third-party images that the stack uses. */
  readonly thirdParty: readonly ImageName[];
  /** Those of the services. */
  readonly services: readonly ServiceImage[];
  /** References of services that are not built from sources. */
  readonly own: readonly string[];
  /** What stands on the host before Docker there can be asked. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * The images of a stack on its host. Third-party ones are pulled or found there, or sent where they are on this machine
 * alone; those of the bundled services are built there, sent, or pulled from a registry that they were pushed to.
 */
export class Images extends pulumi.ComponentResource {
  readonly #args: ImagesArgs;
  readonly #name: string;
  readonly #made = new Map<string, Image>();
  /** What must be done here before the host can have its images. */
  readonly #delivered: pulumi.Resource[];
  /** Outlives the containers, so that a destroy removes the images after them. */
  readonly #removal: pulumi.Resource;

  constructor(name: string, args: ImagesArgs, options?: pulumi.ComponentResourceOptions) {
    super("backline:images:Images", name, {}, options);
    this.#args = args;
    this.#name = name;
    this.#delivered = this.#deliver();
    const { host, after } = args;
    this.#removal = hostCommand(
      `${name}-removal`,
      host,
      { delete: removeScript(host.stack) },
      { parent: this, dependsOn: [...after] },
    );
    this.registerOutputs({});
  }

  #deliver(): pulumi.Resource[] {
    const { host, services, after } = this.#args;
    const delivery = planDelivery({
      ...this.#args,
      ...host,
      bundles: services.flatMap(({ reference, bundle }) =>
        bundle === undefined ? [] : [{ reference, directory: context(bundle) }],
      ),
    });
    if (delivery === undefined) return [];
    const create = deliveryScript(delivery);
    // What an interrupted run has built here for a host elsewhere.
    const remove = host.ssh === undefined ? {} : { delete: removeScript(host.stack) };
    const options = { parent: this, dependsOn: [...after] };
    return [operatorCommand(`${this.#name}-delivery`, host, { create, ...remove }, options)];
  }

  /** A third-party image; it stays on the host after a destroy, since others may use it. */
  thirdParty(image: ImageName): Image {
    const made = this.#made.get(image);
    if (made) return made;
    const reference = imageReference(this.#args.catalogue[image], this.#args.source);
    const resource = new docker.RemoteImage(
      `${this.#name}-${image}`,
      { name: reference, keepLocally: true },
      { parent: this, dependsOn: this.#args.source.source === "local" ? this.#delivered : [] },
    );
    const result = { reference, resource };
    this.#made.set(image, result);
    return result;
  }

  /** An image of a service; those of earlier releases stay for a while. */
  service(name: string): Image {
    const image = this.#args.services.find((one) => one.name === name);
    if (image === undefined) throw new Error(`the release has no image of ${name}`);
    const { reference, bundle } = image;
    const resource =
      bundle !== undefined && this.#args.source.bundled === "build"
        ? this.#build(bundle, reference)
        : new docker.RemoteImage(
            `${this.#name}-${name}`,
            // Found where it is, and pulled only where it is not.
            { name: reference, keepLocally: true },
            { parent: this, dependsOn: [this.#removal, ...this.#delivered] },
          );
    return { reference, resource };
  }

  #build(bundle: Bundle, reference: string): docker.RemoteImage {
    return new docker.RemoteImage(
      `${this.#name}-${bundle.name}`,
      {
        name: reference,
        keepLocally: true,
        build: {
          context: context(bundle),
          // BuildKit would build on this machine, also for a remote host.
          useLegacyBuilder: true,
          labels: { [labels.stack]: this.#args.host.stack },
          // The builder's own intermediate containers.
          remove: true,
          forceRemove: true,
        },
      },
      { parent: this, dependsOn: [this.#removal, this.thirdParty(bundle.base).resource] },
    );
  }
}

/**
 * What the provider must know to pull from registries that ask who pulls, the one that bundled images are pushed to among
 * them: their hosts alone. It reads the credentials from where `docker login` on this machine has put them, and they come
 * into no state. It refuses to run where nobody has ever signed in, so that no registry is named without need.
 */
export function pullArgs({
  bundled,
  repository,
  logins = [],
}: ImageSource & { readonly logins?: readonly string[] }): Pick<docker.ProviderArgs, "registryAuth"> {
  const pushed = bundled === "registry" ? registryHost(repository ?? "") : undefined;
  const hosts = [...new Set([...(pushed === undefined ? [] : [pushed]), ...logins])];
  return hosts.length === 0 ? {} : { registryAuth: hosts.map((address) => ({ address })) };
}

/** Relative, so that another checkout of the same sources is no change. */
const context = ({ directory }: Bundle): string => relative(process.cwd(), directory);
