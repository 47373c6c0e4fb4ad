import { type CatalogueImage, catalogue, type ImageName } from "../../components/images/catalogue";
import { parseMemory } from "../../components/shared/units";
import type { SystemDescription } from "../systems";
import { originOf } from "../urls";
import { cloudflareOf } from "./cloudflare";
import { featuresOf } from "./features";
import { placesOf, sitesOf } from "./places";
import { proxyOf } from "./proxy";
import { releaseOf } from "./release-checks";
import type { StackConfig } from "./schema";
import { limits, migrationsOf, serviceOf } from "./services";
import type { Settings } from "./settings";
import { vercelOf } from "./vercel";

function images(config: StackConfig["images"]): Record<ImageName, CatalogueImage> {
  const entries = Object.entries(catalogue).map(([name, image]): [string, CatalogueImage] => {
    const override = config?.override?.[name as ImageName];
    if (override === undefined) return [name, image];
    const [reference, digest] = override.split("@");
    const [, repository = "", tag = ""] = /^(.*?)(?::([^:/]+))?$/.exec(reference ?? "") ?? [];
    return [name, { repository, tag, ...(digest === undefined ? {} : { digest }) }];
  });
  return Object.fromEntries(entries) as Record<ImageName, CatalogueImage>;
}

/** Those that are named, or the stack's own sites. An empty list is what Pulumi.yaml gives who names none. */
function allowedOrigins(config: StackConfig, sites: Settings["sites"]): readonly string[] {
  const named = config.allowedOrigins ?? [];
  const httpsPort = config.proxy?.httpsPort ?? 443;
  return named.length > 0 ? named : sites.map((site) => originOf(site, { httpsPort }));
}

/** Settings of a stack whose keys were read one by one; what spans them is checked after. */
export function build(
  stack: string,
  system: SystemDescription,
  config: StackConfig,
  secrets: Pick<Settings, "secrets" | "systemSecrets" | "rotation">,
): Settings {
  const { systemSecrets } = secrets;
  const domain =
    config.domain === undefined || config.domain === "" ? `${system.name}.localhost` : config.domain;
  const sites = sitesOf(system, domain, config.sites);
  const places = placesOf(system, sites);
  const cloudflare = cloudflareOf(config, domain);
  const grafanaMissing = config.images?.unavailable?.includes("grafana") ?? false;
  return {
    stack,
    system: system.name,
    domain,
    host: {
      address: config.host?.address,
      user: config.host?.user ?? "ops",
      port: config.host?.port ?? 22,
      directory: config.host?.directory ?? "/var/lib/backline",
      memory: config.host?.memory ?? parseMemory(system.host.memory),
      cpus: config.host?.cpus ?? system.host.cpus,
      reserve: limits(system.host.reserve),
      hostKey: config.host?.hostKey,
      identityFile: config.host?.identityFile,
      firstUser: config.host?.firstUser ?? "root",
      firstPort: config.host?.firstPort ?? 22,
      publicKeys: config.host?.publicKeys ?? [],
      sshAllow: config.host?.sshAllow ?? [],
      timeZone: config.host?.timeZone ?? "Etc/UTC",
      swap: config.host?.swap ?? 2048,
      webFrom: config.host?.webFrom ?? "anywhere",
      container: config.host?.container ?? false,
    },
    images: {
      registry: config.images?.registry,
      source: config.images?.source ?? "registry",
      bundled: config.images?.bundled ?? "build",
      repository: config.images?.repository,
      logins: config.images?.logins ?? [],
      catalogue: images(config.images),
    },
    release: releaseOf(config),
    sites,
    vercel: vercelOf(stack, system, config.vercel, places.onVercel),
    allowedOrigins: allowedOrigins(config, sites),
    features: featuresOf(config),
    services: Object.entries(system.services)
      .filter(([name]) => places.onHost.includes(name))
      .map(([name, described]) => serviceOf(name, described, config.services?.[name], systemSecrets)),
    migrations: migrationsOf(system.migrations, systemSecrets),
    proxy: { ...limits(system.proxy, config.proxy), ...proxyOf(config.proxy, cloudflare?.originPulls) },
    cloudflare,
    postgres: system.postgres && {
      ...limits(system.postgres, config.postgres),
      maxConnections: config.postgres?.maxConnections ?? system.postgres.maxConnections,
      database: system.name,
    },
    redis: system.redis && {
      ...limits(system.redis, config.redis),
      evictionPolicy: config.redis?.evictionPolicy ?? "noeviction",
    },
    monitoring: {
      enabled: config.monitoring?.enabled ?? true,
      grafana:
        (config.monitoring?.enabled ?? true) && (config.monitoring?.grafana ?? true) && !grafanaMissing,
      retention: config.monitoring?.retention ?? 15 * 86_400,
      alertWebhook: config.monitoring?.alertWebhook,
      prometheus: limits(system.monitoring.prometheus),
      alertmanager: limits(system.monitoring.alertmanager),
      grafanaLimits: limits(system.monitoring.grafana),
      exporter: limits(system.monitoring.exporter),
    },
    ...secrets,
  };
}
