import type * as vercel from "@pulumiverse/vercel";
import type { Secret } from "../shared/secret";
import type { FrontendPlanArgs, Target, Variable } from "./args";
import { renderOutputConfig } from "./routes";

/** A host name of a project. */
export type DomainPlan = Pick<vercel.ProjectDomainArgs, "redirectStatusCode"> & {
  readonly domain: string;
  /** Host name that requests are sent to; undefined: the project answers them. */
  readonly redirect?: string;
};

/** What is deployed: files from this machine, or what Vercel builds of a branch. */
export type DeploymentPlan =
  | { readonly kind: "prebuilt" }
  | {
      readonly kind: "git";
      /** The branch. */
      readonly ref: string;
    };

export interface FrontendPlan {
  readonly name: string;
  readonly project: vercel.ProjectArgs;
  readonly password: Secret | undefined;
  readonly domains: readonly DomainPlan[];
  readonly variables: readonly Variable[];
  readonly deployment: DeploymentPlan;
  /** What differs between environments, beside the files of the build. */
  readonly output: {
    /** `.vercel/output/config.json`: headers, rewrites and the fallback. */
    readonly config: string;
    /** `/config.json`, where the pages read what they talk to. */
    readonly site: string;
  };
}

/** Variables that hand `output` to a build at Vercel. */
const outputVariables = { config: "BACKLINE_OUTPUT", site: "BACKLINE_SITE" } as const;

/**
 * Builds at Vercel what `up` would send it: the same files, and the texts of `output`. Vercel takes what is in
 * `.vercel/output` as it is, whatever the framework. Vercel allows 256 characters.
 */
export const buildCommand = (source: string): string =>
  [
    `npx vite build services/${source} --outDir "$PWD/.vercel/output/static" --emptyOutDir`,
    `printf %s "$${outputVariables.config}" > .vercel/output/config.json`,
    `printf %s "$${outputVariables.site}" > .vercel/output/static/config.json`,
  ].join(" && ");

function projectOf({ projectName, gitRepository, protection, source }: FrontendPlanArgs): vercel.ProjectArgs {
  return {
    name: projectName,
    vercelAuthentication: { deploymentType: protection },
    // Commits of forks are built only when a member of the team agrees.
    gitForkProtection: true,
    ...(gitRepository === undefined
      ? {}
      : {
          gitRepository: { ...gitRepository },
          installCommand: "npm ci",
          buildCommand: buildCommand(source),
          outputDirectory: ".vercel/output/static",
        }),
  };
}

const domainsOf = ({ sites }: FrontendPlanArgs): DomainPlan[] =>
  sites.flatMap(({ hostname, redirectFrom }) => [
    { domain: hostname },
    ...redirectFrom.map((domain) => ({ domain, redirect: hostname, redirectStatusCode: 308 })),
  ]);

const built: readonly Target[] = ["production", "preview"];

/** Arguments -> what is to be at Vercel: pure. */
export function planFrontend(args: FrontendPlanArgs): FrontendPlan {
  const { gitRepository, name } = args;
  const output = {
    config: JSON.stringify(renderOutputConfig(args)),
    site: JSON.stringify({ api: args.api, socket: args.socket }),
  };
  const forBuilds =
    gitRepository === undefined
      ? []
      : built.flatMap((target) => [
          { key: outputVariables.config, target, value: output.config },
          { key: outputVariables.site, target, value: output.site },
        ]);
  return {
    name,
    project: projectOf(args),
    password: args.password,
    domains: domainsOf(args),
    variables: [...forBuilds, ...args.variables],
    deployment:
      gitRepository === undefined
        ? { kind: "prebuilt" }
        : { kind: "git", ref: gitRepository.productionBranch },
    output,
  };
}
