import type { ImageName } from "../../components/images/catalogue";
import { imageReference } from "../../components/images/plan";
import { type ImageUse, usedImages } from "../../stacks/images";
import { imageNames } from "../../stacks/settings/schema";
import type { Settings } from "../../stacks/settings/settings";
import type { Choice, Progress, Way } from "../../toolchain";
import { chooseImages, describeChoice } from "../../toolchain/choose";
import { buildGoTools } from "../../toolchain/go-build";
import { canPull, ensureStandInImages, planBaseImage, pullImages } from "../../toolchain/images";
import { sortOut } from "../../toolchain/images/ensure";
import { standInKeys } from "../../toolchain/images/keys";
import { findImages, hasStandIns } from "../../toolchain/images/presence";
import { hasStandIn, reference } from "../../toolchain/images/stand-ins";

/** What systems run; Grafana is left out where its image cannot be had. */
export const defaultImages = imageNames.filter((name) => name !== "grafana");

/**
 * The third-party images that Docker on this machine must have for a stack, by their names in the catalogue. None where
 * a host elsewhere pulls them, and none for a mirror or another image that the user has named: those are pulled or they
 * fail.
 */
export function neededImages(settings: ImageSettings): ImageName[] {
  const { host, images } = settings;
  if (images.registry !== undefined) return [];
  if (host.address !== undefined && images.source === "registry") return [];
  const plain = { registry: undefined, source: "local" } as const;
  return usedImages(settings).filter(
    (name) => imageReference(images.catalogue[name], plain) === reference(name),
  );
}

/** Whether a stack needs Docker on this machine: to run in, or to build or send images from. */
export const needsDocker = (settings: ImageSettings): boolean =>
  settings.host.address === undefined ||
  settings.images.bundled !== "build" ||
  neededImages(settings).length > 0;

type ImageSettings = Pick<Settings, "host"> & ImageUse;

/**
 * Whether a host elsewhere must be sent its third-party images, because it cannot pull them. That is taken from this
 * machine, which is on a network that reaches only package registries if it can neither pull nor get Pulumi from its
 * makers. What the stack's file says about `images.source` or `images.registry` is left as it is.
 */
export async function mustSend(
  { host, images }: Pick<Settings, "host" | "images">,
  options: {
    /** `images.source` as the stack's file has it. */
    readonly said: unknown;
    readonly forced: Way | undefined;
    /** Whether Pulumi here comes from its makers. */
    readonly engine: () => Promise<Way>;
    readonly probe: () => Promise<boolean>;
  },
): Promise<boolean> {
  if (host.address === undefined || images.registry !== undefined || options.said !== undefined) return false;
  if (options.forced !== undefined) return options.forced === "registry";
  return (await options.engine()) === "registry" && !(await options.probe());
}

export interface ImagePlan {
  readonly choice: Choice;
  readonly names: readonly ImageName[];
  /** What will be done, for people. */
  readonly sentences: readonly string[];
}

/**
 * What must be done for images. Undefined if Docker has them all; but where they would be pulled all the same, having
 * them as stand-ins is not enough. Looks and changes nothing.
 */
export async function planImages(
  names: readonly ImageName[],
  { forced, pulled }: { readonly forced: Way | undefined; readonly pulled: boolean },
): Promise<ImagePlan | undefined> {
  if (names.length === 0) return undefined;
  const [keys, found] = await Promise.all([
    standInKeys(names.filter(hasStandIn)),
    findImages(names.map(reference)),
  ]);
  const { built, unavailable } = sortOut(names, keys, found);
  const missing = [...built, ...unavailable.map(({ image }) => image)];
  if (missing.length === 0 && !(pulled && hasStandIns(found))) return undefined;
  const choice = await chooseImages({
    forced,
    registry: "the container registry",
    probe: () => canPull([...names]),
  });
  if (missing.length === 0) return choice.way === "official" ? undefined : { choice, names, sentences: [] };
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
