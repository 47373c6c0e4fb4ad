import { type Bundle, bundle, imageReference } from "../components/images";
import type { Settings } from "./settings";

/** Every process of the bundled services, bundled on this machine. */
export type Bundles = Readonly<Record<string, Bundle>>;

export const migrationsBundle = "migrations";

/** Bundles the services of a system and the migrations. */
export async function bundleServices(settings: Settings, root: string): Promise<Bundles> {
  const base = imageReference(settings.images.catalogue.node, settings.images);
  const probe = { probe: "services/runtime/probe.ts" };
  const sources = [
    ...settings.services.map(({ name, source }) => ({
      name,
      entries: { main: `services/${source}/main.ts`, ...probe },
      folders: {},
    })),
    {
      name: migrationsBundle,
      entries: { main: "services/migrations/main.ts" },
      folders: { migrations: "services/migrations" },
    },
  ];
  const bundles = await Promise.all(sources.map((source) => bundle(source, base, root)));
  return Object.fromEntries(bundles.map((made) => [made.name, made]));
}
