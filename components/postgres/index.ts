export type { PostgresPlanArgs } from "./args";
export { Postgres, type PostgresArgs } from "./component";
export { type PostgresPlan, planPostgres, postgres } from "./plan";
export { monitoringRole, rolesAfter } from "./roles";
