import type { Limits, StackContext } from "../shared/context";
import type { RolesArgs } from "./roles";

export interface PostgresPlanArgs extends StackContext, Limits, RolesArgs {
  readonly imageReference: string;
  readonly maxConnections: number;
}
