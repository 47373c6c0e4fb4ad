import { z } from "zod";
import { checked } from "./fields";

const word = (code: "vercel", pattern: RegExp, what: string) =>
  checked(z.string(), code, (value) =>
    pattern.test(value) ? undefined : `${JSON.stringify(value)} is not ${what}`,
  );

/** What Vercel and its provider take for the name of a project. */
const projectName = () =>
  checked(z.string(), "vercel", (value) => {
    const fault = projectNameFault(value);
    return fault === undefined ? undefined : `${fault}; write another name`;
  });

/** What is wrong with the name of a project, or undefined. */
export function projectNameFault(value: string): string | undefined {
  const shown = JSON.stringify(value);
  if (value.length > 52)
    return `${shown} has ${value.length} characters; the name of a project has at most 52`;
  if (value.includes("---")) return `${shown} has three hyphens in a row, which Vercel refuses`;
  return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(value)
    ? undefined
    : `${shown} is not the name of a project: lower-case letters, digits and inner hyphens`;
}

const values = () => z.record(z.string(), z.string());

const target = (name: string) =>
  values().optional().describe(`For ${name}: \`ANALYTICS_ID: "42"\`. Default none.`);

/** How the deployments that are protected are called at Vercel. */
export const protections = {
  standard: "standard_protection_new",
  previews: "only_preview_deployments",
  all: "all_deployments",
  none: "none",
} as const;
export type Protection = keyof typeof protections;

const project = z.strictObject({
  name: projectName()
    .optional()
    .describe(
      "Name of the project at Vercel, at most 52 lower-case letters, digits and hyphens. Default `<system>-<stack>-<service>`.",
    ),
  gitRepository: z
    .strictObject({
      type: z.enum(["github", "gitlab", "bitbucket"]).describe("Who keeps the repository."),
      repo: word("vercel", /^[\w.-]+(\/[\w.-]+)+$/, 'a repository; write "owner/name"').describe(
        "Repository of this project: `owner/name`.",
      ),
      productionBranch: word("vercel", /^[\w][\w./-]*$/, 'a branch; write one such as "main"')
        .optional()
        .describe("Branch whose commits are deployed to the domains. Default `main`."),
    })
    .optional()
    .describe(
      "Repository that Vercel builds the front end from, at every push; other branches become previews. Default none: `up` builds it on this machine and sends Vercel the files.",
    ),
  protection: z
    .enum(["standard", "previews", "all", "none"])
    .optional()
    .describe(
      "Which deployments only members of the team see: `standard` (all but the domains), `previews`, `all` or `none`. Default `standard`.",
    ),
  password: z
    .string()
    .optional()
    .describe(
      "Secret: a password, at most 72 characters, that lets others into the deployments that are protected. Needs a plan of Vercel's that has it. Default none.",
    ),
  environment: z
    .strictObject({
      production: target("builds of the production branch"),
      preview: target("builds of other branches"),
      development: target("`vercel env pull`"),
    })
    .optional()
    .describe("Environment variables, by target and name."),
  secretEnvironment: z
    .strictObject({
      production: values().optional().describe("Secrets for builds of the production branch. Default none."),
      preview: values().optional().describe("Secrets for builds of other branches. Default none."),
    })
    .optional()
    .describe("Secret environment variables, by target and name; nobody can read them at Vercel."),
});

/** The key `vercel`: whose projects serve the front ends of sites with `platform: vercel`. */
export const vercelFields = z
  .strictObject({
    token: z
      .string()
      .optional()
      .describe(
        "Secret: a token of Vercel's API. Needed to deploy a site with `platform: vercel`: `pulumi config set --secret --path 'backline:vercel.token'`.",
      ),
    team: word(
      "vercel",
      /^(team_[A-Za-z0-9]+|[a-z0-9]([a-z0-9-]*[a-z0-9])?)$/,
      'a team; write its slug, as in its URL, or its id "team_..."',
    )
      .optional()
      .describe("Team that the projects belong to: its slug or its id. Default the token's own account."),
    projects: z
      .record(z.string(), project)
      .optional()
      .describe("Projects, by the name of the front end that each serves."),
  })
  .optional()
  .describe(
    "Vercel, which serves the front ends of sites with `platform: vercel`. docs/vercel.md tells more.",
  );
