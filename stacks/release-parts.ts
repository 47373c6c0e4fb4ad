import type { Settings } from "./settings/settings";

/** The name under which the migrations stand among the services of a release. */
export const migrationsName = "migrations";

/** What a release of a stack has an image of: its services, and the migrations where there are any. */
export const releasedServices = ({
  services,
  migrations,
}: Pick<Settings, "services" | "migrations">): string[] => [
  ...services.map(({ name }) => name),
  ...(migrations === undefined ? [] : [migrationsName]),
];
