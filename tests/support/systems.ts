import { formatProblem } from "../../components/shared/errors";
import { type PlatformPlan, planPlatform } from "../../stacks/plan";
import { resolve, type Settings } from "../../stacks/settings";
import type { SystemDescription } from "../../stacks/systems";
import { releaseOf, testSecrets } from "./plans";

/** What `resolve` says of an environment of a system that is in no file. */
export function resolutionOfSystem(
  system: unknown,
  values: Readonly<Record<string, unknown>> = {},
  missing: "error" | "warn" = "error",
  stack = "dev",
) {
  const described = system as SystemDescription;
  return resolve(
    {
      stack,
      file: `Pulumi.${stack}.yaml`,
      values: {
        proxy: { httpPort: 8080, httpsPort: 8443, certificates: "internal" },
        images: { source: "local", unavailable: ["grafana"] },
        secrets: testSecrets,
        ...values,
        system: described.name,
      },
      plainSecrets: [],
    },
    { missing, systems: { [described.name]: described } },
  );
}

/** The lines that the user sees for what is wrong with a description, or with an environment of it. */
export function faultsOfSystem(system: unknown, values: Readonly<Record<string, unknown>> = {}): string[] {
  const result = resolutionOfSystem(system, values);
  return result.ok ? [] : result.errors.map(formatProblem);
}

/** Settings of a system that is in no file; what only a deploy needs may be missing. */
export function settingsOfSystem(
  system: unknown,
  values: Readonly<Record<string, unknown>> = {},
  stack = "dev",
): Settings {
  const result = resolutionOfSystem(system, values, "warn", stack);
  if (!result.ok) throw new Error(result.errors.map(formatProblem).join("\n"));
  return result.settings;
}

export function planOfSystem(system: unknown, values: Readonly<Record<string, unknown>> = {}): PlatformPlan {
  const settings = settingsOfSystem(system, values);
  return planPlatform(settings, releaseOf(settings));
}
