import { imageIdentity, isBundled, type ReleaseRecord } from "../../components/release/release";
import type { Way } from "../../toolchain";
import { checkStack } from "./check-stack";
import { asListed, listImageReferences } from "./docker";
import { promised, readOutputs } from "./outputs";
import { projectRoot as root } from "./project";
import { reach } from "./reach";
import { print, printJson } from "./say";
import { openKnownStack } from "./session";
import { table } from "./table";

/** A release as people see it. */
export interface ListedRelease extends ReleaseRecord {
  /** Services whose image differs from that of the release before; all of them for the first. */
  readonly changed: readonly string[];
  /** Whether it is the last good one: it serves, as far as anything does. */
  readonly serves: boolean;
  /** Whether its images are on the host, so that it can be gone back to. */
  readonly stored: boolean;
}

/** Prints the releases of a stack, newest first. */
export async function printReleases(stack: string, json: boolean, forced: Way | undefined): Promise<void> {
  const { settings } = checkStack(root, stack, { missing: "warn", release: "sources" });
  const session = await openKnownStack({ root, stack, forced });
  const images = await listImageReferences(await reach(settings));
  const releases = listReleases(promised(await readOutputs(session)).releases, images);
  if (json) printJson(releases);
  else print(renderReleases(stack, releases));
}

/** Newest first. `images` are those that are on the host. */
export function listReleases(records: readonly ReleaseRecord[], images: readonly string[]): ListedRelease[] {
  return records
    .map((record, at) => ({
      ...record,
      changed: changedServices(records[at - 1], record),
      serves: at === records.length - 1,
      stored: missingImages(record, images).length === 0,
    }))
    .reverse();
}

/** The services whose images differ, the migrations among them. */
export function changedServices(
  before: Pick<ReleaseRecord, "images"> | undefined,
  after: Pick<ReleaseRecord, "images">,
): string[] {
  const version = (release: typeof before, service: string): string | undefined => {
    const image = release?.images[service];
    return image === undefined ? undefined : imageIdentity(image);
  };
  const services = new Set([...Object.keys(before?.images ?? {}), ...Object.keys(after.images)]);
  return [...services].filter((service) => version(before, service) !== version(after, service)).sort();
}

/** The images of a release that are not on the host and cannot be had again. Others can be pulled. */
export function missingImages(
  { images }: Pick<ReleaseRecord, "images">,
  present: readonly string[],
): string[] {
  return Object.values(images).filter((image) => isBundled(image) && !present.includes(asListed(image)));
}

export function renderReleases(stack: string, releases: readonly ListedRelease[]): string {
  if (releases.length === 0)
    return `The stack ${stack} has no release yet; ./backline deploy ${stack} makes one.\n`;
  return table(
    ["RELEASE", "WHEN", "WHO", "CHANGED", "MIGRATION", "IMAGES", ""],
    releases.map(({ id, when, who, changed, migration, stored, serves, rolledBackFrom }) => [
      id,
      when,
      who,
      changed.length === 0 ? "-" : changed.join(", "),
      migration,
      stored ? "stored" : "gone",
      [
        ...(serves ? ["serves"] : []),
        ...(rolledBackFrom === undefined ? [] : [`rolled back from ${rolledBackFrom}`]),
      ].join(", "),
    ]),
  );
}

/** Which release an update made, of the services that changed; undefined where nothing is known of releases. */
export function releaseSentence(records: readonly ReleaseRecord[], started: Date): string | undefined {
  const [before, last] = [records.at(-2), records.at(-1)];
  if (last === undefined) return undefined;
  // Both times are of this machine's clock; the record knows whole seconds.
  const isNew = Date.parse(last.when) >= Math.floor(started.getTime() / 1000) * 1000;
  if (!isNew) return `release ${last.id} serves as before`;
  if (before === undefined) return `release ${last.id} serves, the first of this stack`;
  const changed = changedServices(before, last);
  const what = changed.length === 0 ? "the same content under other names" : changed.join(", ");
  return last.rolledBackFrom === undefined
    ? `release ${last.id} serves, after ${before.id}; new: ${what}`
    : `release ${last.id} serves again, in the place of ${last.rolledBackFrom}; back: ${what}`;
}
