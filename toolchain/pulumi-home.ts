import { constants, copyFile, link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { withLock } from "./lock";

/** Name of each file in the folder, and the file that it is made from. */
export type FolderFiles = Readonly<Record<string, string>>;

export interface PluginLayout {
  /** Name of the provider: `docker`. */
  readonly name: string;
  /** Version of its SDK, which the engine asks for. */
  readonly version: string;
  /** Must hold `pulumi-resource-<name>`, executable. */
  readonly files: FolderFiles;
}

/** Lists what a folder was made from, so that an unchanged one is left alone. */
const manifestName = ".backline.json";

/**
 * Installs a provider plugin where the engine looks for it, in `plugins/resource-<name>-v<version>` of the Pulumi
 * home, and answers that folder. (One that is only on PATH is used as well, but with a warning at each run.)
 */
export async function layOutPlugin(pulumiHome: string, plugin: PluginLayout): Promise<string> {
  const folder = join(pulumiHome, "plugins", `resource-${plugin.name}-v${plugin.version}`);
  await layOutFolder(folder, plugin.files);
  return folder;
}

/**
 * Makes the folder for PATH: `pulumi` itself, and what the engine expects beside its own executable, which is
 * `pulumi-language-nodejs`. The engine resolves symbolic links first, so these are real files in one folder.
 */
export async function layOutBin(folder: string, files: FolderFiles): Promise<string> {
  await layOutFolder(folder, files);
  return folder;
}

/**
 * Makes a folder hold exactly the given files: hard links where the file system allows, else copies. It is filled
 * beside its place and then renamed, so it never holds half of them; programs running from an old one go on.
 */
export async function layOutFolder(folder: string, files: FolderFiles): Promise<void> {
  const manifest = await describe(files);
  if ((await readManifest(folder)) === manifest) return;
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  await withLock(join(parent, `.${basename(folder)}.lock`), async () => {
    if ((await readManifest(folder)) === manifest) return;
    const staging = join(parent, `.${basename(folder)}.staging`);
    const old = join(parent, `.${basename(folder)}.old`);
    await Promise.all([staging, old].map((left) => rm(left, { recursive: true, force: true })));
    await mkdir(staging);
    for (const [name, source] of Object.entries(files)) await place(source, join(staging, name));
    await writeFile(join(staging, manifestName), manifest);
    await rename(folder, old).catch(ignoreMissing);
    await rename(staging, folder);
    await rm(old, { recursive: true, force: true });
  });
}

async function describe(files: FolderFiles): Promise<string> {
  const sources = Object.entries(files).map(async ([name, source]) => {
    const { size, mtimeMs } = await stat(source);
    return [name, source, size, mtimeMs];
  });
  return JSON.stringify(await Promise.all(sources));
}

function readManifest(folder: string): Promise<string | undefined> {
  return readFile(join(folder, manifestName), "utf8").catch(() => undefined);
}

async function place(source: string, target: string): Promise<void> {
  // Another file system, or one without hard links: every cause of a refused link is one that a copy avoids.
  await link(source, target).catch(() => copyFile(source, target, constants.COPYFILE_FICLONE));
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}
