import type { SshAccess } from "../shared/ssh";
import type { CatalogueImage, ImageName } from "./catalogue";

/**
 * How images of the bundled services reach the host. `build`: by the Docker that runs them. `send`: built on the machine
 * that runs Pulumi and sent over SSH. `registry`: built there, pushed to a registry, and pulled by the host.
 */
export type BundledWay = "build" | "send" | "registry";

export interface ImageSource {
  /** Prefix of every third-party reference. */
  readonly registry: string | undefined;
  /** `local`: by name and version as they are on this machine; `registry`: by digest where there is one. */
  readonly source: "registry" | "local";
  readonly bundled: BundledWay;
  /** Where images of the bundled services are pushed to: `registry.example.com/team`. */
  readonly repository: string | undefined;
}

/** The reference by which Docker finds a third-party image. */
export function imageReference(
  image: CatalogueImage,
  { registry, source }: Pick<ImageSource, "registry" | "source">,
): string {
  const prefix = registry === undefined ? "" : `${registry}/`;
  const tag = image.tag === "" ? "" : `:${image.tag}`;
  const digest = source === "registry" && image.digest !== undefined ? `@${image.digest}` : "";
  return `${prefix}${image.repository}${tag}${digest}`;
}

/** The reference of an image of the bundled services: the hash of its content is its version. */
export function bundledReference(
  stack: string,
  { bundled, repository }: Pick<ImageSource, "bundled" | "repository">,
  { name, hash }: { readonly name: string; readonly hash: string },
): string {
  const prefix = bundled === "registry" && repository !== undefined ? repository : "backline";
  return `${prefix}/${stack}-${name}:${hash}`;
}

/** The host that serves a repository, as Docker reads its first part; undefined where that is no host's name. */
export function registryHost(repository: string): string | undefined {
  const [first = ""] = repository.split("/");
  return /[.:]/.test(first) || first === "localhost" ? first : undefined;
}

/** What the machine that runs Pulumi does before the host can have its images. */
export interface Delivery {
  readonly stack: string;
  /** Undefined: the host is this machine. */
  readonly ssh: SshAccess | undefined;
  /** Third-party images that are sent as they are on this machine. */
  readonly sent: readonly string[];
  /** Images that are built on this machine where the host lacks them, from a directory. */
  readonly built: readonly { readonly reference: string; readonly directory: string }[];
  /** What becomes of the built ones. */
  readonly outcome: "send" | "push";
}

export interface DeliveryArgs {
  readonly stack: string;
  readonly ssh: SshAccess | undefined;
  readonly source: ImageSource;
  readonly catalogue: Readonly<Record<ImageName, CatalogueImage>>;
  /** Third-party images that the stack uses. */
  readonly thirdParty: readonly ImageName[];
  /** References of services' images that are not Backline's. */
  readonly own: readonly string[];
  /** Those of the bundled services that are built. */
  readonly bundles: Delivery["built"];
}

/** Decides what this machine builds, sends and pushes; undefined where that is nothing. */
export function planDelivery(args: DeliveryArgs): Delivery | undefined {
  const { stack, ssh, source } = args;
  const sent =
    ssh !== undefined && source.source === "local"
      ? [...args.thirdParty.map((name) => imageReference(args.catalogue[name], source)), ...args.own]
      : [];
  const built = source.bundled === "build" ? [] : args.bundles;
  return sent.length + built.length === 0
    ? undefined
    : {
        stack,
        ssh,
        sent: [...new Set(sent)],
        built,
        outcome: source.bundled === "registry" ? "push" : "send",
      };
}
