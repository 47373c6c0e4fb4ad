import { audifi } from "./audifi";
import { example } from "./example";
import type { SystemDescription } from "./types";

/** Every system that a stack can name. One of your own is one more line above and one more name here. */
const described: readonly SystemDescription[] = [audifi, example];

/** The systems by their names. */
export const systems: Readonly<Record<string, SystemDescription>> = Object.fromEntries(
  described.map((system) => [system.name, system]),
);

/** What a stack runs that names no system. */
export const defaultSystem = audifi.name;

/** The system that the values of a stack name; undefined: there is none of that name. */
export function systemOf({
  system = defaultSystem,
}: Readonly<Record<string, unknown>>): SystemDescription | undefined {
  const name = String(system);
  return Object.hasOwn(systems, name) ? systems[name] : undefined;
}

/** Where a system is described, for messages. */
export const systemFile = ({ name }: Pick<SystemDescription, "name">): string => `stacks/systems/${name}.ts`;

export type {
  BundledMigrations,
  ContainerDescription,
  FrontEndDescription,
  ImageDescription,
  ImageMigrations,
  MigrationsDescription,
  Ports,
  SecretDescription,
  ServiceDescription,
  SiteDescription,
  Size,
  Store,
  SystemDescription,
} from "./types";
