import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot, contentKey } from "../cache";
import { run } from "../docker/run";
import type { Report } from "../progress";
import { reference, type StandInName } from "./stand-ins";

/** Folder of the cache that holds archives of built images: one file for a set, since they share their base. */
export const archiveName = "stand-in-images";

const kept = 2;

/** The key of the archive that holds exactly these images. */
export async function archiveKey(keys: ReadonlyMap<StandInName, string>): Promise<string> {
  return await contentKey([...keys].map(([name, key]) => `${name} ${key}`).sort());
}

/** Writes images to a folder of the cache, so that an emptied Docker gets them back without a network. */
export async function saveArchive(folder: string, names: readonly StandInName[]): Promise<void> {
  const file = join(folder, "images.tar");
  await run(["docker", "save", "--output", file, ...names.map(reference)], { what: "Saving the images" });
}

/** Gives Docker the images of an archive. */
export async function loadArchive(folder: string, report: Report): Promise<void> {
  await run(["docker", "load", "--input", join(folder, "images.tar")], {
    what: "Loading the images",
    report,
  });
}

/** Removes all archives but the two latest: half a gigabyte each. */
export async function pruneArchives(): Promise<void> {
  const parent = join(cacheRoot(), archiveName);
  const names = (await readdir(parent).catch(() => [])).filter((name) => !name.startsWith("."));
  const entries = await Promise.all(
    names.map(async (name) => ({ path: join(parent, name), made: (await stat(join(parent, name))).mtimeMs })),
  );
  const old = entries.sort((a, b) => b.made - a.made).slice(kept);
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
}
