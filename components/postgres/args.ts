import type { Limits, StackContext } from "../shared/context";
import type { Secret } from "../shared/secret";

export interface PostgresPlanArgs extends StackContext, Limits {
  readonly imageReference: string;
  /** Name of the services' database. */
  readonly database: string;
  readonly maxConnections: number;
  /** Password of the superuser `postgres`. */
  readonly adminPassword: Secret;
  /** Password of the services' role, which owns the database and nothing else. */
  readonly password: Secret;
  /** Password of the role that the exporter reads statistics with. */
  readonly monitoringPassword: Secret;
}
