import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { filesBelow } from "../shared/files-below";
import { contentHash } from "../shared/names";
import type { FrontendPlan } from "./plan";

/** A front end as Vercel takes it ready-made: https://vercel.com/docs/build-output-api */
export interface PrebuiltOutput {
  /** Files, relative to the directory that Pulumi runs in, each with its size and SHA-1 as the provider writes them. */
  readonly files: Readonly<Record<string, string>>;
  /** What Vercel leaves out of their paths. */
  readonly pathPrefix: string;
}

/**
 * Puts a front end that was built into the form of Vercel's Build Output API, with what this stack says of it. The
 * result is in `<directory>/<name>-vercel-<hash>`, and the same content gives the same paths in every checkout.
 * @param site Folder of the files that Vite has made.
 * @throws Error where there is no such folder.
 */
export function writeOutput(
  { name, output }: Pick<FrontendPlan, "name" | "output">,
  site: string,
  directory: string,
): PrebuiltOutput {
  const texts = { "config.json": output.config, "static/config.json": output.site };
  const hash = contentHash([texts, digests(site)], 12);
  const target = join(directory, `${name}-vercel-${hash}`);
  if (!existsSync(target)) write(target, site, texts);
  const pathPrefix = relative(process.cwd(), target).split(sep).join("/");
  const files = Object.entries(digests(target)).map(([path, digest]) => [`${pathPrefix}/${path}`, digest]);
  return { files: Object.fromEntries(files), pathPrefix };
}

/**
 * Files below a folder, as the provider's `getPrebuiltProject` tells them: `<size>~<SHA-1>`. It is done here since a
 * preview without the provider's plugin cannot ask for it.
 */
function digests(folder: string): Record<string, string> {
  return Object.fromEntries(
    filesBelow(folder).map((path): [string, string] => {
      const content = readFileSync(path);
      const sha = createHash("sha1").update(content).digest("hex");
      return [relative(folder, path).split(sep).join("/"), `${content.length}~${sha}`];
    }),
  );
}

function write(target: string, site: string, texts: Readonly<Record<string, string>>): void {
  const staging = `${target}.${process.pid}`;
  const output = join(staging, ".vercel", "output");
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  cpSync(site, join(output, "static"), { recursive: true });
  for (const [path, text] of Object.entries(texts)) writeFileSync(join(output, path), text);
  try {
    renameSync(staging, target);
  } catch (error) {
    // Another run was faster with the same content.
    if (!existsSync(target)) throw error;
    rmSync(staging, { recursive: true, force: true });
  }
}
