import { audifi } from "./audifi";
import type { SystemDescription } from "./types";

/** Every system that a stack can name. */
export const systems: Readonly<Record<string, SystemDescription>> = { audifi };

export type {
  FrontEndDescription,
  ServiceDescription,
  SiteDescription,
  Size,
  Store,
  SystemDescription,
} from "./types";
