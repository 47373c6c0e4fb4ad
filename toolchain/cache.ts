import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, relative, sep } from "node:path";
import { withLock } from "./lock";
import type { Report } from "./progress";

const oldStagingMilliseconds = 24 * 60 * 60 * 1000;

/** Where an entry of the cache lies, whether it exists or not. */
export interface CacheEntry {
  /** What it is: one folder per name. */
  readonly name: string;
  /** Which content: another key is another entry. See `contentKey`. */
  readonly key: string;
}

export interface CacheRequest extends CacheEntry {
  /** Fills the empty folder `staging`; the entry exists once it returned. What it throws, `cached` throws. */
  readonly build: (staging: string, report: Report) => Promise<void>;
  /** Told what the build does and when it waits for another process. Default: nobody. */
  readonly report?: Report;
}

/** `$XDG_CACHE_HOME/backline`, by default `~/.cache/backline`. The XDG rules ignore a relative XDG_CACHE_HOME. */
export function cacheRoot(): string {
  const configured = process.env.XDG_CACHE_HOME;
  const base = configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), ".cache");
  return join(base, "backline");
}

/** The folder of an entry, or undefined if it is not built yet. */
export function findCached(entry: CacheEntry): string | undefined {
  const folder = entryFolder(entry);
  return existsSync(folder) ? folder : undefined;
}

/**
 * The folder of an entry, built first if it is missing. A build that is killed leaves nothing that looks like an
 * entry: it works in a staging folder, which is renamed at its end. Of several processes one builds, the others wait.
 */
export async function cached(request: CacheRequest): Promise<string> {
  const folder = entryFolder(request);
  if (existsSync(folder)) return folder;
  const parent = join(cacheRoot(), request.name);
  await mkdir(parent, { recursive: true });
  await withLock(
    join(parent, `.${request.key}.lock`),
    async () => {
      if (!existsSync(folder)) await build(parent, folder, request);
    },
    () => request.report?.("waiting for another process that builds it"),
  );
  return folder;
}

async function build(parent: string, folder: string, request: CacheRequest): Promise<void> {
  await sweepStagings(parent, request.key);
  const staging = join(parent, `${stagingPrefix(request.key)}${randomUUID()}`);
  await mkdir(staging);
  try {
    await request.build(staging, request.report ?? (() => {}));
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

/** Removes what killed builds left: those of this key, since we hold its lock, and any that is a day old. */
async function sweepStagings(parent: string, key: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(stagingPrefix(""))) continue;
    const path = join(parent, name);
    const old = await stat(path).then(
      (found) => Date.now() - found.mtimeMs > oldStagingMilliseconds,
      () => false,
    );
    if (old || name.startsWith(stagingPrefix(key))) await rm(path, { recursive: true, force: true });
  }
}

const stagingPrefix = (key: string): string => (key === "" ? ".staging-" : `.staging-${key}-`);

function entryFolder({ name, key }: CacheEntry): string {
  return join(cacheRoot(), name, key);
}

/** A file whose content is part of a key, under a name that is the same on every machine. */
export interface KeyedFile {
  readonly name: string;
  readonly path: string;
}

/** A key from values and file contents, in the given order: 20 hexadecimal digits. */
export async function contentKey(
  values: readonly string[],
  files: readonly KeyedFile[] = [],
): Promise<string> {
  const hash = createHash("sha256");
  const add = (part: string | Buffer): void => {
    hash.update(`${Buffer.byteLength(part)}:`).update(part);
  };
  for (const value of values) add(value);
  for (const file of files) {
    add(file.name);
    add(await readFile(file.path));
  }
  return hash.digest("hex").slice(0, 20);
}

/** Every file below a folder, sorted, named by its path in the folder with `/` between. */
export async function filesBelow(folder: string): Promise<KeyedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ name: relative(folder, path).split(sep).join("/"), path }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
