import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { markUsed } from "../shared/last-use";
import { contentHash } from "../shared/names";

/** A process or a front end of the bundled services, as one directory that an image is built from. */
export interface Bundle {
  readonly name: string;
  /** The third-party image that it is built on. */
  readonly base: "node" | "caddy";
  /** Hash of everything that goes into the image. */
  readonly hash: string;
  /** Build context. */
  readonly directory: string;
}

export interface BundleSource {
  readonly name: string;
  /** Entry points, relative to the project's root, by the name of the file that is made of each. */
  readonly entries: Readonly<Record<string, string>>;
  /** Folders whose SQL files are copied as they are, by name. */
  readonly folders: Readonly<Record<string, string>>;
}

/** `/app` holds one file a process; the root file system can be read-only and the user need not be root. */
export const dockerfile = (base: string): string =>
  [
    `FROM ${base}`,
    "WORKDIR /app",
    "COPY app/ /app/",
    "USER 1000:1000",
    'ENTRYPOINT ["node"]',
    'CMD ["/app/main.cjs"]',
    "",
  ].join("\n");

/**
 * Bundles one process on this machine, so that building its image needs no package registry. The result is in
 * `<root>/.backline/build/<name>-<hash>`, and an unchanged source gives the same hash.
 */
export async function bundle(source: BundleSource, base: string, root: string): Promise<Bundle> {
  const output = join(root, ".backline", "build");
  const result = await build({
    entryPoints: { ...source.entries },
    outdir: "/app",
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // Comments in the result name files relative to this: the content is the same in every checkout.
    absWorkingDir: root,
    sourcemap: false,
    // V8 keeps the source in memory, with two bytes a character if there is one beyond Latin-1, as in comments of
    // libraries. Names stay, and lines are short, so that stack traces say where something was.
    minifyWhitespace: true,
    lineLimit: 160,
    legalComments: "none",
    logLevel: "silent",
    write: false,
    // Optional native accelerators that the libraries do without.
    external: ["pg-native", "bufferutil", "utf-8-validate", "cpu-features", "msgpackr-extract"],
  });
  const files = new Map(
    result.outputFiles.map((file) => [file.path.slice("/app/".length), Buffer.from(file.contents)]),
  );
  for (const [name, folder] of Object.entries(source.folders))
    for (const file of readdirSync(join(root, folder))
      .filter((entry) => entry.endsWith(".sql"))
      .sort())
      files.set(`${name}/${file}`, readFileSync(join(root, folder, file)));
  return keepBundle(source.name, "node", dockerfile(base), files, output);
}

/** Writes a build context: the recipe, and the files below `app`. Its name tells its content. */
export function keepBundle(
  name: string,
  base: Bundle["base"],
  recipe: string,
  files: ReadonlyMap<string, Buffer>,
  output: string,
): Bundle {
  const hash = contentHash(
    [recipe, [...files].map(([path, content]) => [path, content.toString("base64")]).sort()],
    12,
  );
  const directory = join(output, `${name}-${hash}`);
  if (existsSync(directory)) markUsed(directory);
  else write(directory, recipe, files);
  return { name, base, hash, directory };
}

function write(directory: string, recipe: string, files: ReadonlyMap<string, Buffer>): void {
  const staging = `${directory}.${process.pid}`;
  rmSync(staging, { recursive: true, force: true });
  for (const [path, content] of files) {
    mkdirSync(join(staging, "app", path, ".."), { recursive: true });
    writeFileSync(join(staging, "app", path), content);
  }
  writeFileSync(join(staging, "Dockerfile"), recipe);
  try {
    renameSync(staging, directory);
  } catch (error) {
    // Another run was faster with the same content.
    if (!existsSync(directory)) throw error;
    rmSync(staging, { recursive: true, force: true });
  }
}
