import type { Problem } from "../../components/shared/errors";
import { defaultSystem, type SystemDescription, systems } from "../systems";
import { checkBudget } from "./budget";
import { build } from "./build";
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
import { checkDescription } from "./description";
import {
  checkProxied,
  checkRecordsTogether,
  checkSignedNames,
  checkZoneOfSites,
  warnAboutProxied,
} from "./dns-checks";
import { checkFeatures } from "./features";
import { checkHost } from "./host-checks";
import { checkImages } from "./image-checks";
import { missingOf } from "./missing";
import { nearest, problemsOf } from "./problems";
import {
  checkAuthority,
  checkClientAddresses,
  checkHostnames,
  checkRedirects,
  checkStrictTransport,
} from "./proxy-checks";
import { checkRelease } from "./release-checks";
import { resolveRotation } from "./rotation";
import { stackConfig } from "./schema";
import { resolveSecrets } from "./secrets";
import type { Settings } from "./settings";
import { checkSystem } from "./system-checks";
import { systemFaults } from "./system-schema";
import { usable } from "./usable";
import { checkUse } from "./use-checks";
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
  /** What stands in the file where nobody reads it. Default nothing. */
  readonly strayKeys?: readonly Finding[];
}

export type Resolution =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly errors: readonly Problem[]; readonly warnings: readonly Problem[] };

function freeze<T>(value: T): T {
  if (value !== null && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}

export interface ResolveOptions {
  /** What a missing secret is. */
  readonly missing: "error" | "warn";
  /** When certificates have to be valid. Default now. */
  readonly now?: Date;
  /** Systems that a stack can name. Default all that are described. */
  readonly systems?: Readonly<Record<string, SystemDescription>>;
}

/** Names the nearest one and all that there are: with a handful of systems that is what one wants to know. */
function unknownSystem(name: string, known: readonly string[]): Finding {
  const near = nearest(name, known);
  const meant = near === undefined ? "" : `did you mean "${near}"? `;
  return {
    code: "unknown-system",
    path: "system",
    message: `there is no system ${JSON.stringify(name)}; ${meant}known are ${known.join(", ")}`,
  };
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
  errors.push(...(raw.strayKeys ?? []).map(locate));
  errors.push(...checkStackName(raw.stack).map(locate));
  for (const path of raw.plainSecrets)
    errors.push(
      locate({
        code: "plain-secret",
        path,
        message: `stands there as plain text; remove it and run: pulumi config set --secret --path 'backline:${path}'`,
      }),
    );
  const known = options.systems ?? systems;
  const name = config.system ?? defaultSystem;
  const system = Object.hasOwn(known, name) ? known[name] : undefined;
  const broken = system === undefined ? [] : systemFaults(system);
  if (broken.length > 0) return { ok: false, errors: [...errors, ...broken], warnings: [] };
  const { secrets, systemSecrets, ...found } = resolveSecrets(
    config.secrets ?? {},
    raw.stack,
    options.missing,
    system,
  );
  const { rotation, errors: rotationErrors } = resolveRotation(config.rotation, raw.stack, system);
  // What is wrong with a key is said once.
  const said = new Set(errors.map(({ path }) => path));
  const isSaid = (path: string): boolean =>
    [...said].some((other) => `${other}.`.startsWith(`${path}.`) || path.startsWith(`${other}.`));
  const unsaid = (findings: readonly Finding[]) => findings.filter(({ path }) => !isSaid(path));
  errors.push(...unsaid([...found.errors, ...rotationErrors]).map(locate));
  const warnings = found.warnings.map(locate);

  if (!system) {
    errors.push(locate(unknownSystem(name, Object.keys(known))));
    return { ok: false, errors, warnings };
  }
  errors.push(...checkDescription(system).map(locate), ...checkSystem(system));
  errors.push(...checkNames(config, Object.keys(system.sites), Object.keys(system.services)).map(locate));
  errors.push(...unsaid(checkFeatures(config)).map(locate));
  errors.push(...unsaid(checkCertificateKeys(config.proxy)).map(locate));
  errors.push(...unsaid(checkUse(config, system)).map(locate));
  const settings = build(raw.stack, system, config, { secrets, systemSecrets, rotation });
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
