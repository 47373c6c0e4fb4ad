import { join } from "node:path";
import { bundledReference, type ServiceImage } from "../components/images";
import { noMigration, type Release, releaseId } from "../components/release";
import { OperationError } from "../components/shared/errors";
import { MigrationError, readMigrations } from "../services/contract/migrations";
import { type Bundles, bundleServices } from "./bundles";
import { type Prebuilt, prebuiltFrontEnds } from "./front-ends";
import { ownImages } from "./images";
import type { Settings } from "./settings";

/** The release that a run brings to the host. */
export interface WantedRelease extends Release {
  /** What its images are built from; undefined: they are on the host, and the stack's file holds them fast. */
  readonly bundles: Bundles | undefined;
  /** Front ends for Vercel, by name. They are no part of what the host remembers and goes back to. */
  readonly frontEnds: Prebuilt;
}

/**
 * The release that the stack's file holds fast, else the one that the sources are. Bundles nothing for the former.
 * Throws `OperationError` where a service does not compile or a migration is refused.
 */
export async function wantedRelease(settings: Settings, root: string): Promise<WantedRelease> {
  const release =
    heldRelease(settings) ??
    releaseOfSources(settings, await bundleServices(settings, root), migrationsOf(settings, root));
  return { ...release, frontEnds: await prebuiltFrontEnds(settings, root) };
}

/** The release that a rollback has put into the stack's file. */
export function heldRelease({ release }: Pick<Settings, "release">): WantedRelease | undefined {
  // What its contracts are nobody asks: the releases that came before and after it know them.
  return release === undefined ? undefined : { ...release, contracts: [], bundles: undefined, frontEnds: {} };
}

/** What the bundles are, and the images that are named and not built. */
export function releaseOfSources(
  settings: Pick<Settings, "stack" | "images" | "services" | "migrations">,
  bundles: Bundles,
  migrations: Pick<Release, "migration" | "contracts">,
): WantedRelease {
  const built = Object.values(bundles).map((bundle) => [
    bundle.name,
    bundledReference(settings.stack, settings.images, bundle),
  ]);
  const images: Release["images"] = { ...Object.fromEntries(built), ...ownImages(settings) };
  return { id: releaseId(images), images, ...migrations, bundles, frontEnds: {} };
}

/** What the bundled migrations of a checkout say of themselves. Of others nothing is known. */
export function migrationsOf(
  { migrations: settings }: Pick<Settings, "migrations">,
  root: string,
): Pick<Release, "migration" | "contracts"> {
  if (settings?.source === undefined) return { migration: noMigration, contracts: [] };
  try {
    const migrations = readMigrations(join(root, "services", settings.source));
    return {
      migration: migrations.at(-1)?.name ?? "",
      contracts: migrations.filter(({ kind }) => kind === "contract").map(({ name }) => name),
    };
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    throw new OperationError(`the migrations cannot be released: ${error.message}`);
  }
}

/** The images of a release, each with what it is built from. */
export const imagesOf = ({ images, bundles }: WantedRelease): ServiceImage[] =>
  Object.entries(images).map(([name, reference]) => ({ name, reference, bundle: bundles?.[name] }));
