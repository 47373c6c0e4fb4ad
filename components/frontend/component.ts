import * as pulumi from "@pulumi/pulumi";
import type * as vercel from "@pulumiverse/vercel";
import { Deployment } from "@pulumiverse/vercel/deployment.js";
import { Project } from "@pulumiverse/vercel/project.js";
import { ProjectDomain } from "@pulumiverse/vercel/projectDomain.js";
import { ProjectEnvironmentVariable } from "@pulumiverse/vercel/projectEnvironmentVariable.js";
import { contentHash } from "../shared/names";
import { Secret } from "../shared/secret";
import type { Variable } from "./args";
import type { PrebuiltOutput } from "./output";
import type { FrontendPlan } from "./plan";

export interface FrontendArgs {
  readonly plan: FrontendPlan;
  /** The files that were built on this machine; undefined where Vercel builds. */
  readonly prebuilt: PrebuiltOutput | undefined;
  /** Whether what is deployed stays as it is, whatever the sources are now. */
  readonly held: boolean;
  /** What the pages talk to, which answers before they are deployed. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * A front end at Vercel: a project, its host names, its environment variables, and a deployment. The names of all begin
 * with the component's, so that `aliases` of a component that is renamed or moved keep them.
 */
export class Frontend extends pulumi.ComponentResource {
  /** Who waits for it waits until the pages are deployed. */
  readonly deployment: Deployment;

  constructor(name: string, args: FrontendArgs, options?: pulumi.ComponentResourceOptions) {
    super("backline:frontend:Frontend", name, {}, options);
    const { plan } = args;
    const child = { parent: this };
    const project = new Project(`${name}-project`, { ...plan.project, ...passwordProtection(plan) }, child);
    addDomains(name, project, plan.domains, child);
    const variables = plan.variables.map((variable) => addVariable(name, project, variable, child));
    this.deployment = new Deployment(
      `${name}-deployment`,
      { projectId: project.id, production: true, ...contentOf(args) },
      {
        ...child,
        dependsOn: [...variables, ...args.after],
        ignoreChanges: args.held ? ["files", "pathPrefix", "ref", "meta"] : [],
      },
    );
    this.registerOutputs({});
  }
}

function passwordProtection({
  password,
  project,
}: FrontendPlan): Pick<vercel.ProjectArgs, "passwordProtection"> {
  if (password === undefined) return {};
  const deploymentType = pulumi
    .output(project.vercelAuthentication)
    .apply((authentication) => authentication?.deploymentType ?? "standard_protection_new");
  return { passwordProtection: { deploymentType, password: pulumi.secret(password.reveal()) } };
}

function addDomains(
  name: string,
  project: Project,
  domains: FrontendPlan["domains"],
  child: pulumi.CustomResourceOptions,
): void {
  const made = new Map<string, ProjectDomain>();
  for (const { domain, redirect, ...others } of domains) {
    // By the resource, so that a host name is there before others lead to it.
    const target = redirect === undefined ? {} : { redirect: made.get(redirect)?.domain ?? redirect };
    made.set(
      domain,
      new ProjectDomain(
        `${name}-domain-${domain}`,
        { projectId: project.id, domain, ...others, ...target },
        // A host name belongs to one project at a time.
        { ...child, deleteBeforeReplace: true },
      ),
    );
  }
}

function addVariable(
  name: string,
  project: Project,
  { key, target, value }: Variable,
  child: pulumi.CustomResourceOptions,
): ProjectEnvironmentVariable {
  const isSecret = value instanceof Secret;
  return new ProjectEnvironmentVariable(
    `${name}-variable-${target}-${key}`,
    {
      projectId: project.id,
      key,
      targets: [target],
      sensitive: isSecret,
      value: isSecret ? pulumi.secret(value.reveal()) : value,
    },
    // Vercel refuses a second variable of the same name and target (ENV_CONFLICT, ENV_ALREADY_EXISTS).
    { ...child, deleteBeforeReplace: true },
  );
}

/** @throws Error where a front end that is built here was not. */
function contentOf({
  plan,
  prebuilt,
}: FrontendArgs): Pick<vercel.DeploymentArgs, "files" | "pathPrefix" | "ref" | "meta"> {
  // A deployment is never changed: another value makes another one, which is how a branch is built again.
  if (plan.deployment.kind === "git")
    return { ref: plan.deployment.ref, meta: { settings: contentHash(plan.output) } };
  if (prebuilt === undefined) throw new Error(`the front end ${plan.name} was not built`);
  return { files: { ...prebuilt.files }, pathPrefix: prebuilt.pathPrefix };
}
