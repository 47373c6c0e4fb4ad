export type { PostgresPlanArgs } from "./args";
export { Postgres, type PostgresArgs } from "./component";
export { postgres } from "./place";
export { type PostgresPlan, planPostgres } from "./plan";
export { monitoringRole, rolesAfter } from "./roles";
