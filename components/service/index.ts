export type {
  ImageContainer,
  ImagePorts,
  ImageServer,
  OtherSigningKey,
  ServiceArgs,
  ServiceFeatures,
  ServicePlanArgs,
  ServiceSecrets,
  StoreAccess,
} from "./args";
export { Service } from "./component";
export { type ImageServicePlanArgs, planImageService } from "./image";
export {
  Migrations,
  type MigrationsArgs,
  type MigrationsPlan,
  planImageMigrations,
  planMigrations,
} from "./migrations";
export { planService, type ServicePlan } from "./plan";
export { planSite, type SitePlanArgs } from "./site";
