import type { ImageName } from "../../components/images/catalogue";
import { cached } from "../cache";
import { ask, run } from "../docker/run";
import type { Progress } from "../progress";
import { archiveKey, archiveName, loadArchive, pruneArchives, saveArchive } from "./archive";
import { buildStandIns } from "./build";
import { standInKeys } from "./keys";
import { type FoundImage, findImages, type Presence, presence } from "./presence";
import { hasStandIn, reference, type StandInName, whyWithout } from "./stand-ins";

export interface StandInOptions {
  readonly progress: Progress;
  readonly names: readonly ImageName[];
  /** Gives the path of a Caddy program for this machine. Called only if Caddy's image is built. */
  readonly caddyBinary: () => Promise<string>;
}

export interface StandInResult {
  /** References of the images that were built or loaded from the cache. */
  built: string[];
  /** References of those that Docker had already, official ones included. */
  present: string[];
  /** References of those that cannot be had without a container registry, and why. */
  unavailable: { image: string; why: string }[];
}

type Keys = ReadonlyMap<StandInName, string>;

/**
 * Sees to it that Docker has each image under the name that the catalogue gives it: as it is there, from the cache, or
 * built. An outdated stand-in is replaced, an official image is left alone. Asks for root if the base has to be made.
 */
export async function ensureStandInImages(options: StandInOptions): Promise<StandInResult> {
  const names = [...new Set(options.names)];
  const [keys, found] = await Promise.all([
    standInKeys(names.filter(hasStandIn)),
    findImages(names.map(reference)),
  ]);
  const result = sortOut(names, keys, found);
  if (result.built.length > 0) {
    await provide(options, keys, found);
    await removeReplaced(found, result.built);
  }
  return result;
}

/** What is to be built, what is there, and what cannot be had. */
export function sortOut(
  names: readonly ImageName[],
  keys: Keys,
  found: readonly FoundImage[],
): StandInResult {
  const result: StandInResult = { built: [], present: [], unavailable: [] };
  for (const name of names) {
    const image = reference(name);
    const key = hasStandIn(name) ? keys.get(name) : undefined;
    const state = presence(found, image, key ?? "");
    if (state === "current" || state === "official") result.present.push(image);
    else if (hasStandIn(name)) result.built.push(image);
    else result.unavailable.push({ image, why: whyWithout[name] });
  }
  return result;
}

async function provide(options: StandInOptions, keys: Keys, found: readonly FoundImage[]): Promise<void> {
  const { progress, caddyBinary } = options;
  const buildMissing = async (now: readonly FoundImage[]): Promise<void> => {
    const wanted = withPresence(keys, now, "missing", "outdated");
    if (wanted.size > 0) await buildStandIns({ progress, keys: wanted, caddyBinary });
  };
  const look = () => findImages([...keys.keys()].map(reference));

  const folder = await cached({
    name: archiveName,
    key: await archiveKey(keys),
    build: async (staging) => {
      // Another process may have built some while this one waited for its turn.
      await buildMissing(await look());
      const names = [...withPresence(keys, await look(), "current").keys()];
      await progress.task("Images: save to the cache", () => saveArchive(staging, names));
    },
    report: (detail) => progress.note(`Images: ${detail}`),
  });
  if (withPresence(keys, await look(), "missing", "outdated").size > 0) {
    await progress.task("Images: load from the cache", (report) => loadArchive(folder, report));
    await restoreOfficial(keys, found);
    await buildMissing(await look());
  }
  await pruneArchives();
}

/** Gives official images back the names that a loaded archive took from them. */
async function restoreOfficial(keys: Keys, found: readonly FoundImage[]): Promise<void> {
  for (const name of withPresence(keys, found, "official").keys()) {
    const image = found.find(({ RepoTags }) => RepoTags?.includes(reference(name)));
    if (image === undefined) continue;
    await run(["docker", "tag", image.Id, reference(name)], { what: `Naming ${reference(name)}` });
  }
}

function withPresence(keys: Keys, found: readonly FoundImage[], ...wanted: Presence[]): Keys {
  return new Map([...keys].filter(([name, key]) => wanted.includes(presence(found, reference(name), key))));
}

/** The images that lost their name to a newer stand-in. One that a container still uses stays. */
async function removeReplaced(found: readonly FoundImage[], replaced: readonly string[]): Promise<void> {
  const old = found.filter(({ RepoTags }) => RepoTags?.some((tag) => replaced.includes(tag)));
  await Promise.all(old.map(({ Id }) => ask(["docker", "image", "rm", Id], 60)));
}
