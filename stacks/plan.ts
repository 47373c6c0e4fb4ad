import type { FrontendPlan } from "../components/frontend";
import { type ImageName, imageReference } from "../components/images";
import { type MonitoringPlan, planMonitoring, type ScrapeTarget } from "../components/monitoring";
import { networkNames } from "../components/network";
import {
  monitoringRole,
  type PostgresPlan,
  planPostgres,
  postgres,
  rolesAfter,
} from "../components/postgres";
import { operationsPort, type ProxyPlan, planProxy, type Upstream } from "../components/proxy";
import { planRedis, type RedisPlan, redis } from "../components/redis";
import type { Release } from "../components/release";
import {
  type MigrationsPlan,
  type OtherSigningKey,
  planImageMigrations,
  planImageService,
  planMigrations,
  planService,
  planSite,
  type ServicePlan,
  type StoreAccess,
} from "../components/service";
import type { StackContext } from "../components/shared/context";
import { paths } from "../services/contract/environment";
import { planFrontEnds } from "./front-ends";
import { hostOf } from "./host";
import { migrationsName } from "./release-parts";
import type { Settings } from "./settings";
import type { ServiceSettings } from "./settings/settings";
import { redirectsOnHost, sitesOnHost } from "./sites";
import { originOf, urlOfService } from "./urls";

/** Everything that is decided before the first resource is registered. */
export interface PlatformPlan {
  readonly context: StackContext;
  readonly release: Release;
  /** Undefined: the system has none; so for the two below. */
  readonly postgres: PostgresPlan | undefined;
  readonly redis: RedisPlan | undefined;
  readonly migrations: MigrationsPlan | undefined;
  readonly services: readonly ServicePlan[];
  /** What Vercel serves. */
  readonly frontEnds: readonly FrontendPlan[];
  /** URL of each site, wherever it is. */
  readonly urls: Readonly<Record<string, string>>;
  readonly proxy: ProxyPlan;
  readonly monitoring: MonitoringPlan | undefined;
}

/** Where the proxy sends what it has for a service. What no site can route to is not there. */
function upstreamsOf(settings: Settings, plans: readonly ServicePlan[]): Record<string, Upstream> {
  const upstreams = settings.services.flatMap(
    ({ name, ports, sticky, bodyLimit, container }): [string, Upstream][] => {
      const healthPath = container === undefined ? paths.health : container.health.path;
      if (ports.traffic === undefined || ports.health === undefined || healthPath === undefined) return [];
      const containers = plans
        .filter((plan) => plan.name === name)
        .flatMap(({ replicas }) => replicas.map((replica) => replica.name));
      const { traffic: port, health: healthPort } = ports;
      return [[name, { containers, port, healthPort, healthPath, sticky, bodyLimit }]];
    },
  );
  return Object.fromEntries(upstreams);
}

/** The stores that the system has. */
const storesOf = ({
  postgres: database,
  redis: cache,
  rotation: { postgresPassword },
}: Settings): Partial<StoreAccess> => ({
  ...(database === undefined
    ? {}
    : {
        postgres: {
          host: postgres.host,
          port: postgres.port,
          database: database.database,
          user: rolesAfter(postgresPassword.rotations).used,
        },
      }),
  ...(cache === undefined ? {} : { redis }),
});

/** @throws Error where one is not there, which the checks have refused before: the bundled services use both. */
function bothOf({ postgres, redis }: Partial<StoreAccess>): StoreAccess {
  if (postgres === undefined || redis === undefined)
    throw new Error("the bundled services need PostgreSQL and Redis");
  return { postgres, redis };
}

/** What every plan of a service begins with. */
interface Common extends StackContext {
  readonly stores: Partial<StoreAccess>;
  readonly imageOf: (service: string) => string;
}

function planOneService(
  service: ServiceSettings,
  settings: Settings,
  { imageOf, stores, ...context }: Common,
): ServicePlan {
  const common = { ...context, ...service, imageReference: imageOf(service.name) };
  if (service.container !== undefined)
    return planImageService({
      ...common,
      ports: service.ports,
      container: service.container,
      stores,
      storeSecrets: settings.secrets,
    });
  return service.frontEnd !== undefined
    ? planSite({
        ...common,
        ports: service.ports,
        api: urlOfService(service.frontEnd.api, "https", settings),
        socket: urlOfService(service.frontEnd.socket, "wss", settings),
      })
    : planService({
        ...common,
        ports: service.ports,
        source: service.source,
        allowedOrigins: settings.allowedOrigins,
        features: settings.features,
        stores: bothOf(stores),
        secrets: settings.secrets,
        otherSigningKey: otherSigningKey(settings.rotation),
      });
}

function planTheMigrations(
  { migrations, secrets }: Settings,
  { imageOf, stores, ...context }: Common,
): MigrationsPlan | undefined {
  if (migrations === undefined) return undefined;
  const common = { ...context, imageReference: imageOf(migrationsName) };
  return migrations.container === undefined
    ? planMigrations({ ...common, stores: bothOf(stores), secrets })
    : planImageMigrations({ ...common, ...migrations, stores, storeSecrets: secrets });
}

function otherSigningKey({ jwtSecret: { other, until } }: Settings["rotation"]): OtherSigningKey | undefined {
  return other === undefined ? undefined : { secret: other, until };
}

/** Settings -> plan: pure, the same for the same settings and the same release. */
export function planPlatform(settings: Settings, release: Release): PlatformPlan {
  const { stack, secrets, rotation } = settings;
  const context: StackContext = {
    stack,
    host: hostOf(settings),
    nameKey: secrets.nameKey,
    networks: networkNames(stack),
  };
  const reference = (name: ImageName) => imageReference(settings.images.catalogue[name], settings.images);
  const imageOf = (name: string): string => {
    const image = release.images[name];
    if (image === undefined) throw new Error(`the release ${release.id} has no image of ${name}`);
    return image;
  };
  const common = { ...context, stores: storesOf(settings), imageOf };
  const services = settings.services.map((service) => planOneService(service, settings, common));
  const proxy = planProxy({
    ...context,
    ...settings.proxy,
    imageReference: reference("caddy"),
    sites: sitesOnHost(settings),
    redirects: redirectsOnHost(settings),
    upstreams: upstreamsOf(settings, services),
  });
  const { monitoring } = settings;
  const { stores } = common;
  const scrape = ({ name, metrics, replicas }: ServicePlan): [string, ScrapeTarget[]][] =>
    metrics === undefined
      ? []
      : [
          [
            name,
            replicas.map((replica, slot) => ({
              container: replica.name,
              ...metrics,
              labels: { service: name, slot: String(slot) },
            })),
          ],
        ];
  return {
    context,
    release,
    postgres:
      settings.postgres &&
      planPostgres({
        ...context,
        ...settings.postgres,
        imageReference: reference("postgres"),
        adminPassword: secrets.postgresAdminPassword,
        password: secrets.postgresPassword,
        otherPassword: rotation.postgresPassword.other,
        rotations: rotation.postgresPassword.rotations,
        monitoringPassword: secrets.postgresMonitoringPassword,
      }),
    redis:
      settings.redis &&
      planRedis({
        ...context,
        ...settings.redis,
        imageReference: reference("redis"),
        password: secrets.redisPassword,
        otherPassword: rotation.redisPassword.other,
      }),
    migrations: planTheMigrations(settings, common),
    services,
    frontEnds: planFrontEnds(settings),
    urls: Object.fromEntries(settings.sites.map((site) => [site.name, originOf(site, settings.proxy)])),
    proxy,
    monitoring: monitoring.enabled
      ? planMonitoring({
          ...context,
          references: {
            prometheus: reference("prometheus"),
            alertmanager: reference("alertmanager"),
            nodeExporter: reference("nodeExporter"),
            redisExporter: reference("redisExporter"),
            postgresExporter: reference("postgresExporter"),
            grafana: reference("grafana"),
          },
          grafana: monitoring.grafana,
          retention: monitoring.retention,
          alertWebhook: monitoring.alertWebhook,
          limits: {
            prometheus: monitoring.prometheus,
            alertmanager: monitoring.alertmanager,
            grafana: monitoring.grafanaLimits,
            exporter: monitoring.exporter,
          },
          services: Object.fromEntries(services.flatMap(scrape)),
          proxy: { container: "proxy", port: operationsPort, path: paths.metrics, labels: {} },
          postgres: stores.postgres && { ...stores.postgres, user: monitoringRole },
          redis: stores.redis,
          secrets,
          rotations: { grafanaPassword: rotation.grafanaPassword.rotations },
        })
      : undefined,
  };
}
