import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Bundle, type BundleSource, bundle, imageReference } from "../components/images";
import { OperationError } from "../components/shared/errors";
import { contentHash } from "../components/shared/names";
import type { Settings } from "./settings";

/** Every process of the bundled services, bundled on this machine. */
export type Bundles = Readonly<Record<string, Bundle>>;

export const migrationsBundle = "migrations";

const cachedBundles = z.record(
  z.string(),
  z.object({ name: z.string(), hash: z.string(), directory: z.string() }),
);

function sourcesOf(settings: Settings): BundleSource[] {
  return [
    ...settings.services.map(({ name, source }) => ({
      name,
      entries: { main: `services/${source}/main.ts`, probe: "services/runtime/probe.ts" },
      folders: {},
    })),
    {
      name: migrationsBundle,
      entries: { main: "services/migrations/main.ts" },
      folders: { migrations: "services/migrations" },
    },
  ];
}

/** Hash of all that bundles are made of: the services' sources, the packages by their lock file, the recipe. */
function inputsHash(sources: readonly BundleSource[], base: string, root: string): string {
  const files = readdirSync(join(root, "services"), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(ts|sql)$/.test(path))
    .sort()
    .map((path) => [path, readFileSync(join(root, "services", path), "utf8")]);
  const recipe = readFileSync(join(root, "components", "images", "bundle.ts"), "utf8");
  const packages = readFileSync(join(root, "package-lock.json"), "utf8");
  return contentHash([sources, base, files, recipe, packages], 16);
}

function readCache(path: string): Bundles | undefined {
  if (!existsSync(path)) return undefined;
  const cached = cachedBundles.safeParse(JSON.parse(readFileSync(path, "utf8")));
  return cached.success && Object.values(cached.data).every(({ directory }) => existsSync(directory))
    ? cached.data
    : undefined;
}

/**
 * Bundles the services of a system and the migrations; what was bundled from the same sources is not bundled again,
 * since this is on the path of every run. Throws `OperationError` where a service does not compile.
 */
export async function bundleServices(settings: Settings, root: string): Promise<Bundles> {
  const base = imageReference(settings.images.catalogue.node, settings.images);
  const sources = sourcesOf(settings);
  const cache = join(root, ".backline", "build", `bundles-${inputsHash(sources, base, root)}.json`);
  const cached = readCache(cache);
  if (cached) return cached;
  const made = await Promise.all(sources.map((source) => bundle(source, base, root))).catch(
    (error: unknown) => {
      throw new OperationError(
        `the services cannot be bundled: ${error instanceof Error ? error.message : String(error)}`,
      );
    },
  );
  const bundles = Object.fromEntries(made.map((entry) => [entry.name, entry]));
  mkdirSync(join(root, ".backline", "build"), { recursive: true });
  writeFileSync(`${cache}.${process.pid}`, JSON.stringify(bundles));
  renameSync(`${cache}.${process.pid}`, cache);
  return bundles;
}
