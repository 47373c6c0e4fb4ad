import { createHash } from "node:crypto";
import { createReadStream, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { assetArchive, fileAsset, type Properties, type Value } from "../shared/values";
import { globMatcher } from "./glob";

/**
 * The files under a directory that rules select, as assets by their relative path. Rules apply in their order; one
 * that begins with `!` takes files out again.
 */
export async function findAssets(
  directory: string,
  rules: readonly string[],
): Promise<{ [path: string]: Value }> {
  const matchers = rules.map((rule) => ({
    include: !rule.startsWith("!"),
    matches: globMatcher(rule.replace(/^!/, "")),
  }));
  const selected = files(directory).filter((path) =>
    matchers.reduce((taken, { include, matches }) => (matches(path) ? include : taken), false),
  );
  const assets = selected.map(async (path): Promise<[string, Value]> => {
    const file = join(directory, path);
    return [path, fileAsset(file, await fileHash(file))];
  });
  return Object.fromEntries(await Promise.all(assets));
}

/** The outputs `assets` and `archive` of a command that ran in `directory`; absent where no paths were asked for. */
export async function assetOutputs(
  directory: string,
  assetPaths: readonly string[] | undefined,
  archivePaths: readonly string[] | undefined,
): Promise<Properties> {
  const outputs: Properties = {};
  if (assetPaths !== undefined) {
    outputs.assets = await findAssets(directory, assetPaths);
  }
  if (archivePaths !== undefined) {
    const assets = await findAssets(directory, archivePaths);
    outputs.archive = assetArchive(assets, createHash("sha256").update(JSON.stringify(assets)).digest("hex"));
  }
  return outputs;
}

function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

async function fileHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
