import { existsSync } from "node:fs";
import { delimiter } from "node:path";
import { pathToFileURL } from "node:url";
import { quote } from "../../components/shared/shell";
import type { Toolchain } from "../../toolchain";
import { projectPaths } from "./project";

/** What a run of `pulumi` needs beyond the user's own environment. */
export interface StackEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Folders that come first on PATH. */
  readonly path: readonly string[];
}

export interface EnvironmentOptions {
  readonly root: string;
  readonly stack: string;
  readonly toolchain: Toolchain;
  readonly user?: NodeJS.ProcessEnv;
}

/**
 * The environment of a stack. What the user has set for the backend and the passphrase wins, unless it is what an
 * `env` of Backline for another stack left in the shell.
 */
export function stackEnvironment(options: EnvironmentOptions): StackEnvironment {
  const { root, stack, toolchain, user = process.env } = options;
  return {
    path: toolchain.path,
    variables: {
      ...toolchain.environment,
      PULUMI_HOME: toolchain.pulumiHome,
      PULUMI_BACKEND_URL: ownBackend(user) ?? defaultBackend(root),
      PULUMI_STACK: stack,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...(hasOwnPassphrase(root, user)
        ? {}
        : { PULUMI_CONFIG_PASSPHRASE_FILE: projectPaths(root).passphrase(stack) }),
    },
  };
}

export const defaultBackend = (root: string): string => pathToFileURL(projectPaths(root).state).href;

/** What the user has set. A secret that a CI system does not have comes as an empty variable. */
const ownBackend = ({ PULUMI_BACKEND_URL: url }: NodeJS.ProcessEnv): string | undefined =>
  url === "" ? undefined : url;

/** Whether the user keeps state elsewhere. */
export function hasOwnBackend(root: string, user: NodeJS.ProcessEnv = process.env): boolean {
  const url = ownBackend(user);
  return url !== undefined && url !== defaultBackend(root);
}

/** Whether the user gives the passphrase in Pulumi's own ways. */
export function hasOwnPassphrase(root: string, user: NodeJS.ProcessEnv = process.env): boolean {
  if (user.PULUMI_CONFIG_PASSPHRASE !== undefined) return true;
  const file = user.PULUMI_CONFIG_PASSPHRASE_FILE;
  return file !== undefined && file !== "" && !file.startsWith(projectPaths(root).passphrases);
}

/** Whether there is a passphrase on this machine for the stack. */
export const hasPassphrase = (root: string, stack: string, user: NodeJS.ProcessEnv = process.env): boolean =>
  hasOwnPassphrase(root, user) || existsSync(projectPaths(root).passphrase(stack));

/** The lines that `eval "$(./backline env <stack>)"` runs: exports and nothing else. */
export function renderExports({ variables, path }: StackEnvironment): string {
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`);
  const folders = path.length === 0 ? [] : [`export PATH=${quote(path.join(delimiter))}:"$PATH"`];
  return [...exports.sort(), ...folders].map((line) => `${line}\n`).join("");
}

/** The whole environment of a child process. */
export function childEnvironment(
  { variables, path }: StackEnvironment,
  user: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const base = Object.entries(user).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const folders = [...path, ...(user.PATH === undefined ? [] : [user.PATH])];
  return { ...Object.fromEntries(base), ...variables, PATH: folders.join(delimiter) };
}
