import { Secret } from "../../components/shared/secret";
import { destinationOf } from "../destinations";
import { sitesOnVercel, usedNames } from "../sites";
import type { SystemDescription } from "../systems";
import type { Finding } from "./checks";
import { suggestion } from "./problems";
import type { StackConfig } from "./schema";
import { encrypted } from "./secret-keys";
import { isPlaceholder } from "./secrets";
import type { ProjectSettings, Settings, SiteSettings } from "./settings";
import { noToken } from "./vercel";
import { projectNameFault } from "./vercel-fields";

type VercelConfig = StackConfig["vercel"];

const setSecret = (path: string) => `run: pulumi config set --secret --path 'backline:${path}'`;

/** Whether a site can be where its settings say, with what it routes to. */
export function checkPlatforms(settings: Settings): Finding[] {
  const { vercel } = settings;
  const found = (site: SiteSettings, message: string): Finding => ({
    code: "platform",
    path: `sites.${site.name}.platform`,
    message,
  });
  const routes = sitesOnVercel(settings).flatMap((site) => {
    const start = site.routes.find(({ path }) => path === "/");
    const project = vercel?.projects.find(({ name }) => name === start?.service);
    if (project === undefined)
      return [
        found(
          site,
          `"vercel" serves front ends alone, and "/" of this site is ${start === undefined ? "nothing's" : `${start.service}'s`}; write "host"`,
        ),
      ];
    return site.routes
      .filter(({ service }) => service !== project.name)
      .flatMap((route) => {
        if (route.service === project.frontEnd.socket)
          return [
            found(
              site,
              `"vercel" passes no WebSockets on, and the site routes ${route.path} to ${route.service}; write "host", or take the route out of the system`,
            ),
          ];
        return destinationOf(settings, route) === undefined
          ? [
              found(
                site,
                `"vercel" would send ${route.path} on to a site of ${route.service} on the host, and none has ${route.path}; write "host", or route it there`,
              ),
            ]
          : [];
      });
  });
  const names = usedNames(settings).filter(({ platform }) => platform === "vercel");
  const reserved = names.filter(({ name }) =>
    /\.(localhost|local|internal|test|example|invalid)$/.test(name),
  );
  const own = names.filter(({ name }) => /(^|\.)(vercel\.app|now\.sh|vercel\.dev)$/.test(name));
  return [
    ...routes,
    ...reserved.map(({ name, path }) => ({
      code: "platform" as const,
      path,
      message: `"${name}" is no public name, and Vercel serves no other; set platform: host, or a public domain`,
    })),
    ...own.map(({ name, path }) => ({
      code: "platform" as const,
      path,
      message: `"${name}" belongs to Vercel itself; write a name of your own`,
    })),
  ];
}

/** Names and secrets of the group `vercel`, whether something uses it or not. */
export function checkVercelKeys(config: VercelConfig, system: SystemDescription): Finding[] {
  const frontEnds = Object.entries(system.services).flatMap(([name, { frontEnd }]) =>
    frontEnd === undefined ? [] : [name],
  );
  const unknown = Object.keys(config?.projects ?? {})
    .filter((name) => !frontEnds.includes(name))
    .map((name) => ({
      code: "unknown-service" as const,
      path: `vercel.projects.${name}`,
      message: `the system has no such front end; ${suggestion(name, frontEnds)}`,
    }));
  return [...unknown, ...checkToken(config?.token)];
}

function checkToken(token: string | undefined): Finding[] {
  if (token === undefined || token === encrypted) return [];
  const path = "vercel.token";
  const found = (code: Finding["code"], message: string): Finding[] => [
    { code, path, message: `${message}; ${setSecret(path)}` },
  ];
  if (token.trim() === "") return found("empty-secret", "is empty");
  if (isPlaceholder(token)) return found("placeholder-secret", "is a placeholder");
  // As the provider has it.
  return /^\S*[0-9a-zA-Z]{24}\S*$/.test(token) ? [] : found("vercel", "is not a token of Vercel's API");
}

/** What only a deploy needs. */
export function missingOfVercel({ vercel }: Settings): Finding[] {
  return vercel === undefined || vercel.token.reveal() !== noToken
    ? []
    : [
        {
          code: "missing-secret",
          path: "vercel.token",
          message: `is missing, and ${vercel.projects.map(({ name }) => name).join(", ")} cannot be deployed to Vercel without; ${setSecret("vercel.token")}`,
        },
      ];
}

/** Projects as Vercel takes them. */
export function checkProjects({ vercel }: Settings): Finding[] {
  const projects = vercel?.projects ?? [];
  return projects.flatMap((project, index) => {
    const path = `vercel.projects.${project.name}`;
    const fault = projectNameFault(project.projectName);
    const same = projects.slice(0, index).find(({ projectName }) => projectName === project.projectName);
    return [
      ...(fault === undefined
        ? []
        : [{ code: "vercel" as const, path: `${path}.name`, message: `${fault}; name the project here` }]),
      ...(same === undefined
        ? []
        : [
            {
              code: "vercel" as const,
              path: `${path}.name`,
              message: `"${project.projectName}" is already the project of ${same.name}; give each its own`,
            },
          ]),
      ...checkPassword(project, `${path}.password`),
      ...checkVariables(project, path),
    ];
  });
}

function checkPassword({ password, protection }: ProjectSettings, path: string): Finding[] {
  const text = password?.reveal();
  if (text === undefined || text === encrypted) return [];
  const found = (code: Finding["code"], message: string): Finding[] => [{ code, path, message }];
  if (text.trim() === "") return found("empty-secret", `is empty; ${setSecret(path)}`);
  if (isPlaceholder(text)) return found("placeholder-secret", `is a placeholder; ${setSecret(path)}`);
  if (text.length > 72)
    return found("vercel", `has ${text.length} characters, and Vercel takes 72; ${setSecret(path)}`);
  return protection === "none"
    ? found(
        "vercel",
        'has nothing to protect, since protection is "none"; write another or remove the password',
      )
    : [];
}

/** Bytes of the names and values of one deployment. */
const mostBytes = 65_536;

function checkVariables({ variables }: ProjectSettings, project: string): Finding[] {
  const names = variables.flatMap(({ key, target, value }, index): Finding[] => {
    const group = value instanceof Secret ? "secretEnvironment" : "environment";
    const found = (message: string): Finding => ({
      code: "environment-variable",
      path: `${project}.${group}.${target}.${key}`,
      message,
    });
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(key))
      return [
        found(
          `"${key}" is not the name of a variable; write letters, digits and "_", beginning with a letter`,
        ),
      ];
    if (key.startsWith("BACKLINE_"))
      return [found(`"${key}" begins like Backline's own variables; write another name`)];
    const before = variables.slice(0, index);
    return before.some((other) => other.key === key && other.target === target)
      ? [found(`"${key}" is in environment.${target} as well; remove one of them`)]
      : [];
  });
  const sizes = (["production", "preview", "development"] as const).flatMap((target): Finding[] => {
    const bytes = variables
      .filter((variable) => variable.target === target)
      .reduce((sum, { key, value }) => sum + Buffer.byteLength(key) + sizeOf(value), 0);
    return bytes <= mostBytes
      ? []
      : [
          {
            code: "environment-variable",
            path: `${project}.environment.${target}`,
            message: `has ${bytes} bytes with its secrets, and Vercel gives a deployment ${mostBytes}; shorten a value`,
          },
        ];
  });
  return [...names, ...sizes];
}

const sizeOf = (value: string | Secret): number =>
  Buffer.byteLength(value instanceof Secret ? value.reveal() : value);

/** A warning: variables reach builds at Vercel and functions, and files that were built here have neither. */
export function unusedVariables({ vercel }: Settings): Finding[] {
  return (vercel?.projects ?? [])
    .filter(({ gitRepository, variables }) => gitRepository === undefined && variables.length > 0)
    .map(({ name }) => ({
      code: "environment-variable",
      path: `vercel.projects.${name}.environment`,
      message:
        "is read by nothing: the front end is built on this machine; set gitRepository to build it at Vercel",
    }));
}
