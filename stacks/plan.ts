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
  planMigrations,
  planService,
  planSite,
  type ServicePlan,
  type StoreAccess,
} from "../components/service";
import type { StackContext } from "../components/shared/context";
import { planFrontEnds } from "./front-ends";
import { hostOf } from "./host";
import { migrationsBundle } from "./programs";
import type { Settings } from "./settings";
import { redirectsOnHost, sitesOnHost } from "./sites";
import { originOf, urlOfService } from "./urls";

/** Everything that is decided before the first resource is registered. */
export interface PlatformPlan {
  readonly context: StackContext;
  readonly release: Release;
  readonly postgres: PostgresPlan;
  readonly redis: RedisPlan;
  readonly migrations: MigrationsPlan;
  readonly services: readonly ServicePlan[];
  /** What Vercel serves. */
  readonly frontEnds: readonly FrontendPlan[];
  /** URL of each site, wherever it is. */
  readonly urls: Readonly<Record<string, string>>;
  readonly proxy: ProxyPlan;
  readonly monitoring: MonitoringPlan | undefined;
}

/** Where the proxy sends what it has for a service. */
function upstreamsOf(settings: Settings, plans: readonly ServicePlan[]): Record<string, Upstream> {
  return Object.fromEntries(
    settings.services.map(({ name, ports, sticky, bodyLimit }) => [
      name,
      {
        containers: plans
          .filter((plan) => plan.name === name)
          .flatMap(({ replicas }) => replicas.map((replica) => replica.name)),
        port: ports.traffic,
        healthPort: ports.health,
        sticky,
        bodyLimit,
      },
    ]),
  );
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
  const stores: StoreAccess = {
    postgres: {
      host: postgres.host,
      port: postgres.port,
      database: settings.postgres.database,
      user: rolesAfter(rotation.postgresPassword.rotations).used,
    },
    redis,
  };
  const reference = (name: ImageName) => imageReference(settings.images.catalogue[name], settings.images);
  const own = (name: string): string => {
    const image = release.images[name];
    if (image === undefined) throw new Error(`the release ${release.id} has no image of ${name}`);
    return image;
  };
  const services = settings.services.map((service) =>
    service.frontEnd
      ? planSite({
          ...context,
          ...service,
          imageReference: own(service.name),
          api: urlOfService(service.frontEnd.api, "https", settings),
          socket: urlOfService(service.frontEnd.socket, "wss", settings),
        })
      : planService({
          ...context,
          ...service,
          imageReference: own(service.name),
          allowedOrigins: settings.allowedOrigins,
          features: settings.features,
          stores,
          secrets,
          otherSigningKey: otherSigningKey(rotation),
        }),
  );
  const proxy = planProxy({
    ...context,
    ...settings.proxy,
    imageReference: reference("caddy"),
    sites: sitesOnHost(settings),
    redirects: redirectsOnHost(settings),
    upstreams: upstreamsOf(settings, services),
  });
  const { monitoring } = settings;
  const scrape = ({ name, ports, replicas }: ServicePlan): [string, ScrapeTarget[]] => [
    name,
    replicas.map((replica, slot) => ({
      container: replica.name,
      port: ports.metrics,
      labels: { service: name, slot: String(slot) },
    })),
  ];
  return {
    context,
    release,
    postgres: planPostgres({
      ...context,
      ...settings.postgres,
      imageReference: reference("postgres"),
      adminPassword: secrets.postgresAdminPassword,
      password: secrets.postgresPassword,
      otherPassword: rotation.postgresPassword.other,
      rotations: rotation.postgresPassword.rotations,
      monitoringPassword: secrets.postgresMonitoringPassword,
    }),
    redis: planRedis({
      ...context,
      ...settings.redis,
      imageReference: reference("redis"),
      password: secrets.redisPassword,
      otherPassword: rotation.redisPassword.other,
    }),
    migrations: planMigrations({
      ...context,
      imageReference: own(migrationsBundle),
      stores,
      secrets,
    }),
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
          services: Object.fromEntries(services.map(scrape)),
          proxy: { container: "proxy", port: operationsPort, labels: {} },
          postgres: { ...stores.postgres, user: monitoringRole },
          redis,
          secrets,
          rotations: { grafanaPassword: rotation.grafanaPassword.rotations },
        })
      : undefined,
  };
}
