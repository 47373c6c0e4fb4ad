import type { ImageName } from "../../components/images/catalogue";
import { imageReference } from "../../components/images/plan";
import type { Settings } from "../../stacks/settings/settings";
import type { Choice, Progress, Way } from "../../toolchain";
import { chooseImages, describeChoice } from "../../toolchain/choose";
import { buildGoTools } from "../../toolchain/go-build";
import { canPull, ensureStandInImages, planBaseImage, pullImages } from "../../toolchain/images";
import { sortOut } from "../../toolchain/images/ensure";
import { standInKeys } from "../../toolchain/images/keys";
import { findImages } from "../../toolchain/images/presence";
import { hasStandIn, reference } from "../../toolchain/images/stand-ins";

const always: readonly ImageName[] = ["node", "postgres", "redis", "caddy"];
const monitoring: readonly ImageName[] = [
  "prometheus",
  "alertmanager",
  "nodeExporter",
  "redisExporter",
  "postgresExporter",
];

/** What every system runs; Grafana is left out where its image cannot be had. */
export const defaultImages: readonly ImageName[] = [...always, ...monitoring];

/**
 * The third-party images that Docker on this machine must have for a stack, by their names in the catalogue. None for
 * a host elsewhere and for a mirror or another image that the user has named: those are pulled or they fail.
 */
export function neededImages({ host, images, monitoring: watched }: Settings): ImageName[] {
  if (host.address !== undefined || images.registry !== undefined) return [];
  const names = [
    ...always,
    ...(watched.enabled ? monitoring : []),
    ...(watched.grafana ? (["grafana"] as const) : []),
  ];
  const plain = { registry: undefined, source: "local" } as const;
  return names.filter((name) => imageReference(images.catalogue[name], plain) === reference(name));
}

export interface ImagePlan {
  readonly choice: Choice;
  readonly names: readonly ImageName[];
  /** What will be done, for people. */
  readonly sentences: readonly string[];
}

/** What must be done for images; undefined if Docker has them all. Looks and changes nothing. */
export async function planImages(
  names: readonly ImageName[],
  forced: Way | undefined,
): Promise<ImagePlan | undefined> {
  if (names.length === 0) return undefined;
  const [keys, found] = await Promise.all([
    standInKeys(names.filter(hasStandIn)),
    findImages(names.map(reference)),
  ]);
  const { built, unavailable } = sortOut(names, keys, found);
  const missing = [...built, ...unavailable.map(({ image }) => image)];
  if (missing.length === 0) return undefined;
  const choice = await chooseImages({
    forced,
    registry: "the container registry",
    probe: () => canPull([...names]),
  });
  const sentences =
    choice.way === "official"
      ? [`Pull ${count(missing.length)}: ${missing.join(", ")}.`]
      : [
          ...planBaseImage(),
          `Build ${count(built.length)} from Debian packages, Go modules and npm packages: ${built.join(", ")}.`,
          ...unavailable.map(({ why }) => `${why}.`),
        ];
  return { choice, names, sentences };
}

const count = (images: number): string => `${images} container ${images === 1 ? "image" : "images"}`;

export interface PreparedImages {
  /** Images are on Docker under their names and must not be pulled. */
  readonly local: boolean;
  /** What cannot be had. */
  readonly unavailable: readonly ImageName[];
}

/** Pulls or builds what the plan says. */
export async function prepareImages(progress: Progress, plan: ImagePlan): Promise<PreparedImages> {
  progress.note(describeChoice("Container images", plan.choice));
  if (plan.choice.way === "official") {
    await pullImages({ progress, names: plan.names });
    return { local: false, unavailable: [] };
  }
  const { unavailable } = await ensureStandInImages({
    progress,
    names: plan.names,
    caddyBinary: async () => (await buildGoTools(progress, ["caddy"])).caddy,
  });
  const missing = new Set(unavailable.map(({ image }) => image));
  return { local: true, unavailable: plan.names.filter((name) => missing.has(reference(name))) };
}
