import { existsSync } from "node:fs";
import { join } from "node:path";
import { stackFile } from "../../../stacks/settings/load-file";
import { hasOwnPassphrase } from "../environment";
import { projectPaths } from "../project";
import { readOwnKeys } from "../stack-file";
import { shownPath, withoutCredentials } from "./local";

export interface PassphrasePlace {
  /** Where it is, in words: `the file .backline/passphrases/dev`. */
  readonly place: string;
  /** Whether it is there, as far as this machine can tell. */
  readonly found: boolean;
  /** Whether the place is a key service, which nobody has to keep a copy of. */
  readonly service: boolean;
}

/** Where the passphrase of a stack's secrets is. Its value is not looked at. */
export function passphrasePlace(
  root: string,
  stack: string,
  user: NodeJS.ProcessEnv = process.env,
): PassphrasePlace {
  const { keyService } = readOwnKeys(join(root, stackFile(stack)));
  if (keyService !== undefined)
    return { place: `the key service ${withoutCredentials(keyService)}`, found: true, service: true };
  if (user.PULUMI_CONFIG_PASSPHRASE !== undefined)
    return { place: "the variable PULUMI_CONFIG_PASSPHRASE", found: true, service: false };
  const own = hasOwnPassphrase(root, user) ? user.PULUMI_CONFIG_PASSPHRASE_FILE : undefined;
  const path = own ?? projectPaths(root).passphrase(stack);
  return { place: `the file ${shownPath(root, path)}`, found: existsSync(path), service: false };
}

/** What to do about the passphrase, which is in no backup; undefined where there is nothing to do. */
export function passphraseWarning(
  stack: string,
  { place, found, service }: PassphrasePlace,
): string | undefined {
  if (service) return undefined;
  return found
    ? `the secrets in a backup can be read only with the passphrase in ${place}, which no backup holds: keep a copy of it somewhere else`
    : `the passphrase of the stack ${stack} is not in ${place}, and without it nobody can read the secrets in its backups: put it there (mode 0600)`;
}
