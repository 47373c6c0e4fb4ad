import { z } from "zod";
import { contentHash, imageVersion, keptReleases } from "../shared/names";

/** What a deploy puts on a host: an image of each service and of the migrations. */
export interface Release {
  /** Made from the images' versions: the same content is the same release, in every stack. */
  readonly id: string;
  /** References by service; the migrations are one of them. */
  readonly images: Readonly<Record<string, string>>;
  /** Name of the last bundled migration, or `noMigration`. */
  readonly migration: string;
  /** Names of the migrations that a release before them does not run on. */
  readonly contracts: readonly string[];
}

/** What a release says in the place of a migration's name where nothing is known of its migrations, or there are none. */
export const noMigration = "none";

/** Whether an image was built from a bundled service: its version is the hash of its content. */
export const isBundled = (image: string): boolean => /:[0-9a-f]{12}$/.test(image);

/** What tells an image from others: of a bundled service its version, which is the same in every stack. */
export const imageIdentity = (image: string): string => (isBundled(image) ? imageVersion(image) : image);

/** The first 8 hex digits of the hash of what each service is. */
export function releaseId(images: Release["images"]): string {
  return contentHash(
    Object.fromEntries(Object.entries(images).map(([service, image]) => [service, imageIdentity(image)])),
    8,
  );
}

/** A release that was good once: every replica answered, and the proxy sent its requests there. */
export interface ReleaseRecord extends Release {
  /** ISO 8601, by the clock of the machine that ran the update. */
  readonly when: string;
  /** `user@machine`, or whom CI acted for. */
  readonly who: string;
  /** Id of the release that was left, where this was a way back. */
  readonly rolledBackFrom?: string | undefined;
}

/** References of the images of the last releases, which stay on the host. `records`: newest last. */
export function keptImages(records: readonly ReleaseRecord[]): Set<string> {
  const kept = new Map<string, ReleaseRecord>();
  for (const record of [...records].reverse())
    if (kept.size < keptReleases && !kept.has(record.id)) kept.set(record.id, record);
  return new Set([...kept.values()].flatMap(({ images }) => Object.values(images)));
}

export const releaseRecord = z.object({
  id: z.string(),
  images: z.record(z.string(), z.string()),
  migration: z.string(),
  contracts: z.array(z.string()),
  when: z.string(),
  who: z.string(),
  rolledBackFrom: z.string().optional(),
});

/** Releases from the lines that a host keeps, newest last. A line that is none is passed over. */
export function parseRecords(text: string): ReleaseRecord[] {
  return text.split("\n").flatMap((line) => {
    const parsed = releaseRecord.safeParse(json(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
