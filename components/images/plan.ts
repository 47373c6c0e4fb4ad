import type { CatalogueImage } from "./catalogue";

export interface ImageSource {
  /** Prefix of every reference. */
  readonly registry: string | undefined;
  /** `local`: by name and version as they are on the host; `registry`: by digest where there is one. */
  readonly source: "registry" | "local";
}

/** The reference by which Docker finds a third-party image. */
export function imageReference(image: CatalogueImage, { registry, source }: ImageSource): string {
  const prefix = registry === undefined ? "" : `${registry}/`;
  const tag = image.tag === "" ? "" : `:${image.tag}`;
  const digest = source === "registry" && image.digest !== undefined ? `@${image.digest}` : "";
  return `${prefix}${image.repository}${tag}${digest}`;
}
