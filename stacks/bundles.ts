import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import {
  type Bundle,
  type BundleSource,
  bundle,
  bundleSite,
  imageReference,
  type SiteSource,
} from "../components/images";
import { OperationError } from "../components/shared/errors";
import { filesBelow } from "../components/shared/files-below";
import { markUsed, removeUnused } from "../components/shared/last-use";
import { contentHash } from "../components/shared/names";
import { programs } from "./programs";
import { migrationsName } from "./release-parts";
import type { Settings } from "./settings";

/** Every process of the bundled services, bundled on this machine. */
export type Bundles = Readonly<Record<string, Bundle>>;

const cachedBundles = z.record(
  z.string(),
  z.object({ name: z.string(), base: z.enum(["node", "caddy"]), hash: z.string(), directory: z.string() }),
);

const sourcesOf = ({ services, migrations }: Pick<Settings, "services" | "migrations">): BundleSource[] => [
  ...services.flatMap((service) =>
    service.container === undefined && service.frontEnd === undefined
      ? [{ name: service.name, ...programs[service.source] }]
      : [],
  ),
  ...(migrations?.source === undefined ? [] : [{ name: migrationsName, ...programs.migrations }]),
];

const sitesOf = (settings: Settings): SiteSource[] =>
  settings.services.flatMap(({ name, source, frontEnd }) =>
    frontEnd === undefined ? [] : [{ name, folder: `services/${source}` }],
  );

/** Hash of all that bundles are made of: the services' sources, the packages by their lock file, the recipes. */
function inputsHash(wanted: unknown, root: string): string {
  const files = filesBelow(join(root, "services")).map((path) => [
    relative(root, path),
    readFileSync(path, "base64"),
  ]);
  const recipes = ["bundle.ts", "bundle-site.ts"].map((file) =>
    readFileSync(join(root, "components", "images", file), "utf8"),
  );
  const packages = readFileSync(join(root, "package-lock.json"), "utf8");
  return contentHash([wanted, files, recipes, packages], 16);
}

function readCache(path: string): Bundles | undefined {
  if (!existsSync(path)) return undefined;
  const cached = cachedBundles.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (!cached.success) return undefined;
  const inUse = [path, ...Object.values(cached.data).map(({ directory }) => directory)];
  if (!inUse.every((entry) => existsSync(entry))) return undefined;
  inUse.forEach(markUsed);
  return cached.data;
}

/** Milliseconds after which what no run has used is removed; it would only be made again. */
const oldAge = 30 * 24 * 60 * 60 * 1000;

/** Makes bundles, unless the same were made from the same sources: this is on the path of every run. */
async function bundled(
  wanted: unknown,
  root: string,
  make: () => Promise<readonly Bundle[]>,
): Promise<Bundles> {
  const folder = join(root, ".backline", "build");
  const cache = join(folder, `bundles-${inputsHash(wanted, root)}.json`);
  const cached = readCache(cache);
  if (cached) return cached;
  const made = await make().catch((error: unknown) => {
    throw new OperationError(
      `the services cannot be bundled: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  const bundles = Object.fromEntries(made.map((entry) => [entry.name, entry]));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${cache}.${process.pid}`, JSON.stringify(bundles));
  renameSync(`${cache}.${process.pid}`, cache);
  removeUnused(
    readdirSync(folder).map((name) => join(folder, name)),
    oldAge,
  );
  return bundles;
}

/**
 * Bundles what runs on the host from sources, and their migrations.
 * @throws OperationError where a service does not compile.
 */
export async function bundleServices(settings: Settings, root: string): Promise<Bundles> {
  const { images } = settings;
  const node = imageReference(images.catalogue.node, images);
  const caddy = imageReference(images.catalogue.caddy, images);
  const sources = sourcesOf(settings);
  const sites = sitesOf(settings);
  if (sources.length + sites.length === 0) return {};
  return bundled([sources, node, sites, caddy], root, () =>
    Promise.all([
      ...sources.map((source) => bundle(source, node, root)),
      ...sites.map((site) => bundleSite(site, caddy, root)),
    ]),
  );
}

/**
 * Bundles the front ends that Vercel is sent ready-made: the same files that the host would serve.
 * @throws OperationError where one does not build.
 */
export async function bundleFrontEnds({ images, vercel }: Settings, root: string): Promise<Bundles> {
  const caddy = imageReference(images.catalogue.caddy, images);
  const sites = (vercel?.projects ?? [])
    .filter(({ gitRepository }) => gitRepository === undefined)
    .map(({ name, source }) => ({ name, folder: `services/${source}` }));
  return bundled([sites, caddy], root, () => Promise.all(sites.map((site) => bundleSite(site, caddy, root))));
}
