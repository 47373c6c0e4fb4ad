import type { FrontendSettings } from "../../components/frontend/args";
import { Secret } from "../../components/shared/secret";
import type { SystemDescription } from "../systems";
import type { StackConfig } from "./schema";
import type { Settings } from "./settings";
import { protections } from "./vercel-fields";

type ProjectConfig = NonNullable<NonNullable<StackConfig["vercel"]>["projects"]>[string] | undefined;

/** Stands in a preview for a token that is not there. Nothing is deployed with it. */
export const noToken = "preview-only-without-a-token-of-Vercel";

const targets = ["production", "preview", "development"] as const;

function variablesOf(config: ProjectConfig): FrontendSettings["variables"] {
  const { environment = {}, secretEnvironment = {} } = config ?? {};
  return targets.flatMap((target) => [
    ...Object.entries(environment[target] ?? {}).map(([key, value]) => ({ key, target, value })),
    ...(target === "development" ? [] : Object.entries(secretEnvironment[target] ?? {})).map(
      ([key, value]) => ({ key, target, value: new Secret(value) }),
    ),
  ]);
}

function projectOf(name: string, config: ProjectConfig): FrontendSettings {
  return {
    projectName: config?.name ?? name,
    gitRepository:
      config?.gitRepository === undefined
        ? undefined
        : { ...config.gitRepository, productionBranch: config.gitRepository.productionBranch ?? "main" },
    protection: protections[config?.protection ?? "standard"],
    password: config?.password === undefined ? undefined : new Secret(config.password),
    variables: variablesOf(config),
  };
}

/** What Vercel serves; undefined: nothing. */
export function vercelOf(
  stack: string,
  system: SystemDescription,
  config: StackConfig["vercel"],
  onVercel: readonly string[],
): Settings["vercel"] {
  if (onVercel.length === 0) return undefined;
  return {
    token: new Secret(config?.token ?? noToken),
    team: config?.team,
    projects: onVercel.flatMap((name) => {
      const { source, frontEnd } = system.services[name] ?? {};
      if (source === undefined || frontEnd === undefined) return [];
      const project = projectOf(`${system.name}-${stack}-${name}`, config?.projects?.[name]);
      return [{ name, source, frontEnd, ...project }];
    }),
  };
}
