import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { OperationError } from "../../../components/shared/errors";
import { defaultBackend, hasOwnBackend } from "../environment";
import { backendPaths, projectPaths } from "../project";

/** A stack's state in a folder of this machine. */
export interface LocalState {
  /** The folder of the backend: where the state of a backup belongs. */
  readonly folder: string;
  readonly file: string;
  /** The state before the last write of the engine. */
  readonly previous: string;
  /** Folder of the engine's copies. */
  readonly copies: string;
  /** Folder of the engine's locks. */
  readonly locks: string;
}

/** Undefined: the state is kept elsewhere, such as in a bucket or in Pulumi Cloud. */
export function localState(
  root: string,
  stack: string,
  user: NodeJS.ProcessEnv = process.env,
): LocalState | undefined {
  const folder = stateFolder(root, user);
  if (folder === undefined) return undefined;
  const paths = backendPaths(folder);
  const file = paths.stackState(stack);
  return {
    ...{ folder, file, previous: `${file}.bak` },
    ...{ copies: paths.stackCopies(stack), locks: paths.stackLocks(stack) },
  };
}

/** The folder of the backend that keeps the states of all stacks; undefined: it is on another machine. */
export function stateFolder(root: string, user: NodeJS.ProcessEnv = process.env): string | undefined {
  if (!hasOwnBackend(root, user)) return projectPaths(root).state;
  const path = /^file:\/\/([^?]*)/.exec(backendUrl(root, user))?.[1];
  if (path === undefined) return undefined;
  // As the engine reads it, which runs in the project's root.
  const plain = decodeURIComponent(path).replace(/^~(?=\/|$)/, homedir());
  return resolve(root, plain);
}

const backendUrl = (root: string, user: NodeJS.ProcessEnv): string =>
  user.PULUMI_BACKEND_URL ?? defaultBackend(root);

/** @throws OperationError that says what to use where the state is kept elsewhere. */
export function requireLocalState(
  root: string,
  stack: string,
  user: NodeJS.ProcessEnv = process.env,
): LocalState {
  const local = localState(root, stack, user);
  if (local !== undefined) return local;
  const url = backendUrl(root, user);
  throw new OperationError(
    `the state of the stack ${stack} is kept at ${withoutCredentials(url)}, where Backline makes and restores no backups; ${insteadFor(url, stack)}`,
  );
}

/** The scheme, host and path of a URL: the rest can hold passwords. */
export const withoutCredentials = (url: string): string =>
  url.replace(/[?#].*$/, "").replace(/^([a-z0-9+.-]+:\/\/)[^/]*@/i, "$1");

function insteadFor(url: string, stack: string): string {
  const shell = `eval "$(./backline env ${stack})"`;
  if (/^https?:/.test(url))
    return `it keeps every version of a state itself: ${shell} && pulumi stack export --version <number> --file state.json, then pulumi stack import --file state.json`;
  return `turn on versions of objects in that store, and bring an earlier one of .pulumi/stacks/backline/${stack}.json back with its own tools; ${shell} && pulumi stack export --file state.json makes a copy by hand, and pulumi stack import --file state.json brings it back`;
}

/** Path of a file below the checkout as people write it. */
export const shownPath = (root: string, path: string): string =>
  path.startsWith(join(root, "/")) ? path.slice(root.length + 1) : path;
