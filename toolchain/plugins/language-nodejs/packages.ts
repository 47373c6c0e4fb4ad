import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod/mini";

const manifestSchema = z.object({
  name: z.optional(z.string()),
  version: z.optional(z.string()),
  dependencies: z.optional(z.record(z.string(), z.string())),
  devDependencies: z.optional(z.record(z.string(), z.string())),
  pulumi: z.optional(
    z.object({
      resource: z.optional(z.boolean()),
      name: z.optional(z.string()),
      version: z.optional(z.string()),
      server: z.optional(z.string()),
      parameterization: z.optional(z.object({ name: z.string(), version: z.string(), value: z.string() })),
    }),
  ),
});
type Manifest = z.infer<typeof manifestSchema>;

/** A resource plugin that an installed npm package asks for. */
export interface RequiredPackage {
  /** The plugin's name, without scope: `docker`. */
  readonly name: string;
  /** With the leading `v`, as the official language host writes it: `v5.2.0`. */
  readonly version: string;
  /** Where the plugin is to be downloaded; "" for Pulumi's own place. */
  readonly server: string;
  /** For a bridged package: what it makes of its base plugin. `value` is base64. */
  readonly parameterization?: { readonly name: string; readonly version: string; readonly value: string };
}

/** A package that is installed for a program. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
}

/**
 * The plugins of a program: every package in the `node_modules` beside or above it whose package.json says
 * `pulumi.resource: true`. The official language host looks beside the program only, and thus finds nothing for
 * a program in a subdirectory.
 */
export function requiredPackages(programDirectory: string): RequiredPackage[] {
  return installedManifests(programDirectory).flatMap((manifest) => {
    const required = asRequired(manifest);
    return required === undefined ? [] : [required];
  });
}

/** What a program depends on: what its package.json names or, with `transitive`, all that is installed. */
export function programDependencies(programDirectory: string, transitive: boolean): InstalledPackage[] {
  const own = readManifest(
    join(findUp(programDirectory, "package.json") ?? programDirectory, "package.json"),
  );
  const direct = new Set(Object.keys({ ...own?.dependencies, ...own?.devDependencies }));
  return installedManifests(programDirectory).flatMap(({ name, version }) =>
    name !== undefined && version !== undefined && (transitive || direct.has(name))
      ? [{ name, version }]
      : [],
  );
}

/** The nearest directory, from `start` upwards, that holds `name`. */
export function findUp(start: string, name: string): string | undefined {
  for (let directory = start; ; directory = dirname(directory)) {
    if (entries(directory).includes(name)) {
      return directory;
    }
    if (dirname(directory) === directory) {
      return undefined;
    }
  }
}

function asRequired({ name, version, pulumi }: Manifest): RequiredPackage | undefined {
  if (pulumi?.resource !== true) {
    return undefined;
  }
  const plugin = pulumi.name ?? (name?.startsWith("@pulumi/") ? name.slice("@pulumi/".length) : undefined);
  const pluginVersion = pulumi.version ?? version;
  if (plugin === undefined || pluginVersion === undefined) {
    return undefined;
  }
  return {
    name: plugin,
    version: pluginVersion.startsWith("v") ? pluginVersion : `v${pluginVersion}`,
    server: pulumi.server ?? "",
    ...(pulumi.parameterization === undefined ? {} : { parameterization: pulumi.parameterization }),
  };
}

function installedManifests(programDirectory: string): Manifest[] {
  const root = findUp(programDirectory, "node_modules");
  if (root === undefined) {
    return [];
  }
  const modules = join(root, "node_modules");
  return entries(modules)
    .filter((entry) => !entry.startsWith("."))
    .flatMap((entry) =>
      entry.startsWith("@") ? entries(join(modules, entry)).map((sub) => join(entry, sub)) : entry,
    )
    .flatMap((name) => readManifest(join(modules, name, "package.json")) ?? []);
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

/** A broken package.json somewhere in node_modules is no reason to refuse the program: the official host skips it too. */
function readManifest(path: string): Manifest | undefined {
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
