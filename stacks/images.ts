import type { ImageName } from "../components/images/catalogue";
import { imageReference, registryHost } from "../components/images/plan";
import type { Settings } from "./settings/settings";

const monitoringImages: readonly ImageName[] = ["prometheus", "alertmanager", "nodeExporter"];

/** What says which images a stack uses. */
export type ImageUse = Pick<Settings, "services" | "migrations" | "postgres" | "redis" | "images"> & {
  readonly monitoring: Pick<Settings["monitoring"], "enabled" | "grafana">;
};

/** The third-party images of the catalogue that a stack uses, by their names there. */
export function usedImages(settings: ImageUse): ImageName[] {
  const { services, migrations, postgres, redis, monitoring } = settings;
  const isProcess = services.some(
    ({ container, frontEnd }) => container === undefined && frontEnd === undefined,
  );
  const parts: readonly ImageName[] = [
    ...(isProcess || migrations?.source !== undefined ? (["node"] as const) : []),
    ...(postgres === undefined ? [] : (["postgres"] as const)),
    ...(redis === undefined ? [] : (["redis"] as const)),
    // The proxy.
    "caddy",
    ...(monitoring.enabled ? monitoringImages : []),
    ...(monitoring.enabled && redis !== undefined ? (["redisExporter"] as const) : []),
    ...(monitoring.enabled && postgres !== undefined ? (["postgresExporter"] as const) : []),
    ...(monitoring.grafana ? (["grafana"] as const) : []),
    ...writtenImages(settings).flatMap((image) => catalogueName(settings, image) ?? []),
  ];
  return [...new Set(parts)];
}

/** Images that a system's description or a stack's file names, as they are written there. */
const writtenImages = ({ services, migrations }: Pick<Settings, "services" | "migrations">): string[] =>
  [...services.map(({ container }) => container?.image), migrations?.container?.image].filter(
    (image) => image !== undefined,
  );

/** The name in the catalogue of an image that is written as the catalogue has it. */
function catalogueName({ images }: Pick<Settings, "images">, image: string): ImageName | undefined {
  const names = Object.keys(images.catalogue) as ImageName[];
  return names.find((name) => {
    const { repository, tag } = images.catalogue[name];
    return image === `${repository}:${tag}`;
  });
}

/**
 * The reference of a service's own image. One of the catalogue is what the catalogue has, by digest too. A mirror stands
 * in for Docker Hub alone: an image of another registry is pulled from there.
 */
export function ownReference(settings: Pick<Settings, "images">, image: string): string {
  const { images } = settings;
  const known = catalogueName(settings, image);
  if (known !== undefined) return imageReference(images.catalogue[known], images);
  const isElsewhere = image.includes("/") && registryHost(image) !== undefined;
  return images.registry === undefined || isElsewhere ? image : `${images.registry}/${image}`;
}

/** References of the images of a stack's services and migrations that are not built from sources, by service. */
export function ownImages(
  settings: Pick<Settings, "services" | "migrations" | "images">,
): Record<string, string> {
  const { services, migrations } = settings;
  const entries = [
    ...services.map(({ name, container }) => ({ name, image: container?.image })),
    { name: "migrations", image: migrations?.container?.image },
  ];
  return Object.fromEntries(
    entries.flatMap(({ name, image }) =>
      image === undefined ? [] : [[name, ownReference(settings, image)]],
    ),
  );
}
