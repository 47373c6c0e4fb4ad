export type {
  OtherSigningKey,
  ServiceArgs,
  ServiceFeatures,
  ServicePlanArgs,
  ServiceSecrets,
  StoreAccess,
} from "./args";
export { Service } from "./component";
export { Migrations, type MigrationsArgs, type MigrationsPlan, planMigrations } from "./migrations";
export { planService, type ServicePlan } from "./plan";
export { planSite, type SitePlanArgs } from "./site";
