import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError, OperationError, type Problem } from "../../components/shared/errors";
import { loadFromFile, stackFile } from "../../stacks/settings/load-file";
import { resolve } from "../../stacks/settings/resolve";
import type { Settings } from "../../stacks/settings/settings";
import { hasOwnBackend, hasPassphrase } from "./environment";
import { projectPaths } from "./project";
import { readOwnKeys } from "./stack-file";
import { readBackups } from "./state/backups";
import { localState, shownPath } from "./state/local";
import { requireReadableState } from "./state-file";

export interface CheckedStack {
  readonly settings: Settings;
  readonly warnings: readonly Problem[];
}

/**
 * Checks a stack's file without the engine. With `release: "sources"` as if it held no release, since the command looks
 * at none or lets go of it. Throws an InputError with every mistake.
 */
export function checkStack(
  root: string,
  stack: string,
  options: { readonly missing: "error" | "warn"; readonly release?: "held" | "sources" },
): CheckedStack {
  const raw = loadFromFile(root, stack);
  const { release: _, ...others } = raw.values;
  const resolution = resolve(options.release === "sources" ? { ...raw, values: others } : raw, options);
  if (!resolution.ok) throw new InputError(resolution.errors);
  return { settings: resolution.settings, warnings: resolution.warnings };
}

export const hasStackFile = (root: string, stack: string): boolean =>
  existsSync(join(root, stackFile(stack)));

/** Whether the stack's secrets can be read and its state is known on this machine. */
export function isInitialised(root: string, stack: string, user: NodeJS.ProcessEnv = process.env): boolean {
  const known = hasOwnBackend(root, user) || existsSync(projectPaths(root).stackState(stack));
  return known && encryption(root, stack, user) === "readable";
}

/** @throws OperationError with the mend if a stack is not initialised on this machine, or its state is damaged. */
export function requireInitialised(root: string, stack: string): void {
  if (!isInitialised(root, stack)) throw new OperationError(whyNotInitialised(root, stack));
  requireReadableState(root, stack);
}

/** Why a stack is not initialised on this machine, with the mend. */
export function whyNotInitialised(
  root: string,
  stack: string,
  user: NodeJS.ProcessEnv = process.env,
): string {
  if (encryption(root, stack, user) === "locked")
    return `the passphrase of the stack ${stack} is not on this machine; put it into .backline/passphrases/${stack} (mode 0600) or set PULUMI_CONFIG_PASSPHRASE_FILE`;
  const local = localState(root, stack, user);
  if (local !== undefined && readBackups(root, stack).length > 0)
    return `the state of the stack ${stack} is gone: there is no ${shownPath(root, local.file)}; bring its last good copy back: ./backline state restore ${stack}`;
  const mend = stack === "dev" ? "./backline up dev" : `./backline init ${stack}`;
  return `the stack ${stack} is not known on this machine; run: ${mend}`;
}

/**
 * How the secrets in a stack's file are kept: `none`: there is no key yet; `readable`; `locked`: its passphrase is not
 * on this machine.
 */
export function encryption(
  root: string,
  stack: string,
  user: NodeJS.ProcessEnv = process.env,
): "none" | "readable" | "locked" {
  const { keyService, encryptionSalt } = readOwnKeys(join(root, stackFile(stack)));
  if (keyService !== undefined) return "readable";
  if (encryptionSalt === undefined) return "none";
  return hasPassphrase(root, stack, user) ? "readable" : "locked";
}
