import { type CatalogueImage, catalogue, type ImageName } from "../../components/images/catalogue";
import type { Problem } from "../../components/shared/errors";
import { parseBytes, parseDuration, parseMemory } from "../../components/shared/units";
import { type ServiceDescription, type Size, type SystemDescription, systems } from "../systems";
import { originOf } from "../urls";
import { checkBudget } from "./budget";
import { checkCertificateKeys, checkGivenCertificate, soonEnded } from "./certificate-checks";
import {
  checkCores,
  checkNames,
  checkPools,
  checkPorts,
  checkRedis,
  checkStackName,
  checkTimes,
  type Finding,
} from "./checks";
import { cloudflareOf } from "./cloudflare";
import { checkDescription } from "./description";
import {
  checkProxied,
  checkRecordsTogether,
  checkSignedNames,
  checkZoneOfSites,
  warnAboutProxied,
} from "./dns-checks";
import { checkFeatures, featuresOf } from "./features";
import { checkHost } from "./host-checks";
import { checkImages } from "./image-checks";
import { missingOf } from "./missing";
import { placesOf, sitesOf } from "./places";
import { problemsOf, suggestion } from "./problems";
import { proxyOf } from "./proxy";
import {
  checkAuthority,
  checkClientAddresses,
  checkHostnames,
  checkRedirects,
  checkStrictTransport,
} from "./proxy-checks";
import { checkRelease, releaseOf } from "./release-checks";
import { resolveRotation } from "./rotation";
import { type StackConfig, stackConfig } from "./schema";
import { resolveSecrets } from "./secrets";
import type { Limits, ServiceSettings, Settings } from "./settings";
import { usable } from "./usable";
import { vercelOf } from "./vercel";
import { checkPlatforms, checkProjects, checkVercelKeys, unusedVariables } from "./vercel-checks";
import { checkCloudflare, type ZoneOwner } from "./zone-checks";

/** What was read, before anything was checked. */
export interface RawConfig {
  readonly stack: string;
  /** The file that error messages name. */
  readonly file: string;
  /** Keys under `backline:`, with secrets in `secrets`. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Paths of secrets that stand in the file as plain text. */
  readonly plainSecrets: readonly string[];
  /** Other stacks of the project that own a zone. Default none. */
  readonly zoneOwners?: readonly ZoneOwner[];
}

export type Resolution =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly errors: readonly Problem[]; readonly warnings: readonly Problem[] };

type Overrides = { readonly memory?: number | undefined; readonly cpu?: number | undefined } | undefined;

function limits(size: Size, overrides?: Overrides): Limits {
  return { memory: overrides?.memory ?? parseMemory(size.memory), cpu: overrides?.cpu ?? size.cpu };
}

function service(
  name: string,
  described: ServiceDescription,
  config: NonNullable<StackConfig["services"]>[string] | undefined,
): ServiceSettings {
  const drain = config?.drain ?? parseDuration(described.drain ?? "20s");
  const kind =
    described.frontEnd === undefined
      ? { source: described.source, frontEnd: undefined }
      : { source: described.source, frontEnd: described.frontEnd };
  return {
    name,
    ...kind,
    ...limits(described, config),
    replicas: config?.replicas ?? described.replicas,
    ports: described.ports,
    needs: described.needs,
    queue: described.queue ?? false,
    update: config?.update ?? described.update ?? "start-first",
    drain,
    stopGrace: config?.stopGrace ?? drain + 5,
    startTimeout: config?.startTimeout ?? 60,
    poolSize: config?.poolSize ?? described.poolSize ?? 8,
    logLevel: config?.logLevel ?? "info",
    sticky: described.sticky ?? false,
    bodyLimit: config?.bodyLimit ?? parseBytes(described.bodyLimit ?? "1Mi"),
  };
}

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

function build(
  stack: string,
  system: SystemDescription,
  config: StackConfig,
  secrets: Pick<Settings, "secrets" | "rotation">,
): Settings {
  const domain = config.domain ?? "audifi.localhost";
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
      catalogue: images(config.images),
    },
    release: releaseOf(config),
    sites,
    vercel: vercelOf(stack, system, config.vercel, places.onVercel),
    allowedOrigins: allowedOrigins(config, sites),
    features: featuresOf(config),
    services: Object.entries(system.services)
      .filter(([name]) => places.onHost.includes(name))
      .map(([name, described]) => service(name, described, config.services?.[name])),
    proxy: { ...limits(system.proxy, config.proxy), ...proxyOf(config.proxy, cloudflare?.originPulls) },
    cloudflare,
    postgres: {
      ...limits(system.postgres, config.postgres),
      maxConnections: config.postgres?.maxConnections ?? system.postgres.maxConnections,
      database: system.name,
    },
    redis: {
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

function freeze<T>(value: T): T {
  if (value !== null && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}

/** Whether a missing secret is an error, and when certificates have to be valid: by default now. */
export interface ResolveOptions {
  readonly missing: "error" | "warn";
  readonly now?: Date;
}

/**
 * Checks a stack's configuration against its system and completes it: every error at once, or frozen settings.
 * Reads nothing but the time, registers nothing.
 */
export function resolve(raw: RawConfig, options: ResolveOptions): Resolution {
  const locate = (finding: Finding): Problem => ({ ...finding, file: raw.file });
  const parsed = stackConfig.safeParse(raw.values);
  const errors: Problem[] = parsed.success ? [] : problemsOf(parsed.error, stackConfig, raw.values, raw.file);
  const config = parsed.success ? parsed.data : usable(raw.values);
  errors.push(...checkStackName(raw.stack).map(locate));
  for (const path of raw.plainSecrets)
    errors.push(
      locate({
        code: "plain-secret",
        path,
        message: `stands there as plain text; remove it and run: pulumi config set --secret --path 'backline:${path}'`,
      }),
    );
  const secrets = resolveSecrets(config.secrets ?? {}, raw.stack, options.missing);
  // What is wrong with a key is said once.
  const said = new Set(errors.map(({ path }) => path));
  const isSaid = (path: string): boolean =>
    [...said].some((other) => other === path || other.startsWith(`${path}.`));
  const unsaid = (findings: readonly Finding[]) => findings.filter(({ path }) => !isSaid(path));
  const { rotation, errors: rotationErrors } = resolveRotation(config.rotation, raw.stack);
  errors.push(...unsaid([...secrets.errors, ...rotationErrors]).map(locate));
  const warnings = secrets.warnings.map(locate);

  const name = config.system ?? "audifi";
  const system = systems[name];
  if (!system) {
    errors.push(
      locate({
        code: "unknown-system",
        path: "system",
        message: `there is no system "${name}"; ${suggestion(name, Object.keys(systems))}`,
      }),
    );
    return { ok: false, errors, warnings };
  }
  errors.push(...checkDescription(system).map(locate));
  errors.push(...checkNames(config, Object.keys(system.sites), Object.keys(system.services)).map(locate));
  errors.push(...unsaid(checkFeatures(config)).map(locate));
  errors.push(...unsaid(checkCertificateKeys(config.proxy)).map(locate));
  const settings = build(raw.stack, system, config, { secrets: secrets.secrets, rotation });
  errors.push(...unsaid(checkRelease(config, settings)).map(locate));
  errors.push(...unsaid(checkVercelKeys(config.vercel, system)).map(locate));
  errors.push(...unsaid(checkCloudflare(config, settings.domain, raw.zoneOwners ?? [])).map(locate));
  for (const check of [
    checkHost,
    checkImages,
    checkPorts,
    checkHostnames,
    checkRedirects,
    checkPlatforms,
    checkProjects,
    checkAuthority,
    checkStrictTransport,
    checkCores,
    checkTimes,
    checkPools,
    checkRedis,
    checkZoneOfSites,
    checkRecordsTogether,
    checkProxied,
    checkSignedNames,
  ])
    errors.push(...unsaid(check(settings)).map(locate));
  (options.missing === "error" ? errors : warnings).push(...unsaid(missingOf(settings)).map(locate));
  const now = options.now ?? new Date();
  errors.push(...unsaid(checkGivenCertificate(settings, now)).map(locate));
  warnings.push(
    ...[
      ...soonEnded(settings, now),
      ...checkClientAddresses(settings),
      ...unusedVariables(settings),
      ...warnAboutProxied(settings),
    ].map(locate),
  );
  const budget = checkBudget(settings);
  if (budget.error !== undefined)
    errors.push(locate({ code: "memory-budget", path: "host.memory", message: budget.error }));
  warnings.push(...budget.warnings.map((warning) => locate({ code: "over-commit", ...warning })));
  if (settings.release !== undefined)
    warnings.push(
      locate({
        code: "release-held",
        path: "release",
        message: `holds the stack at the release ${settings.release.id}, so that changed services are not deployed; ./backline deploy ${raw.stack} goes on from the sources`,
      }),
    );
  if (config.images?.unavailable?.includes("grafana"))
    warnings.push(
      locate({
        code: "image-unavailable",
        path: "images.unavailable",
        message: "Grafana is left out: its image cannot be had here",
      }),
    );
  return errors.length > 0
    ? { ok: false, errors, warnings }
    : { ok: true, settings: freeze(settings), warnings };
}
