import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatProblem } from "../../components/shared/errors";
import type { Bundles } from "../../stacks/bundles";
import { type PlatformPlan, planPlatform } from "../../stacks/plan";
import { heldRelease, releaseOfSources, type WantedRelease } from "../../stacks/release";
import { loadFromFile, resolve, type Settings } from "../../stacks/settings";
import { secretNames } from "../../stacks/settings/secret-names";

/** Recognisable values: a test that searches for `-value` finds a secret that got out. */
export const testSecrets: Record<string, string> = Object.fromEntries(
  secretNames.map((name) => [name, `${name}-value-0123456789-0123456789`]),
);

/** Bundles with a constant content, so that names in tests do not follow the services' sources. */
export const testBundles: Bundles = Object.fromEntries(
  ["api", "ws", "worker", "web", "migrations"].map((name) => [
    name,
    {
      name,
      base: name === "web" ? "caddy" : "node",
      hash: "0123456789ab",
      directory: `.backline/build/${name}-0123456789ab`,
    },
  ]),
);

/** Settings from the text of a `Pulumi.<stack>.yaml`, with every secret set. Throws what is wrong with it. */
export function settingsOf(text: string, stack = "dev"): Settings {
  const directory = mkdtempSync(join(tmpdir(), "backline-settings-"));
  try {
    writeFileSync(join(directory, `Pulumi.${stack}.yaml`), text);
    const raw = loadFromFile(directory, stack);
    const resolution = resolve(
      { ...raw, values: { ...raw.values, secrets: testSecrets } },
      { missing: "error" },
    );
    if (!resolution.ok) throw new Error(resolution.errors.map(formatProblem).join("\n"));
    return resolution.settings;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The bundles of what runs on the host and is built from sources. */
const bundlesOf = ({ services, migrations }: Settings): Bundles =>
  Object.fromEntries(
    Object.entries(testBundles).filter(([name]) =>
      name === "migrations"
        ? migrations?.source !== undefined
        : services.some((service) => service.name === name && service.container === undefined),
    ),
  );

/** The release that the test's bundles are, unless the settings hold another one. */
export const releaseOf = (settings: Settings): WantedRelease =>
  heldRelease(settings) ??
  releaseOfSources(settings, bundlesOf(settings), { migration: "0007_audit_and_statistics", contracts: [] });

export function planOf(text: string, stack = "dev"): PlatformPlan {
  const settings = settingsOf(text, stack);
  return planPlatform(settings, releaseOf(settings));
}
