import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { stackFile } from "../../../stacks/settings/load-file";
import { encryption } from "../check-stack";
import { hasOwnPassphrase } from "../environment";
import { fitsPassphrase } from "../passphrase";
import { projectPaths } from "../project";
import { readOwnKeys } from "../stack-file";
import { type Finding, fail, ok, warn } from "./finding";

/** Whether the passphrase of a stack is on this machine, the right one, and nobody else's to read. */
export async function checkPassphrase(
  root: string,
  stack: string,
  user: NodeJS.ProcessEnv = process.env,
): Promise<Finding> {
  const name = `passphrase of ${stack}`;
  const path = projectPaths(root).passphrase(stack);
  if (hasOwnPassphrase(root, user)) return await checkOwn(name, saltOf(root, stack), stack, user);
  if (!existsSync(path))
    return encryption(root, stack, user) === "locked"
      ? warn(name, "not on this machine", `put it into ${path}, mode 0600; previews work without`)
      : ok(name, "none yet; init makes it");
  const mode = statSync(path).mode & 0o777;
  if (mode !== 0o600) return fail(name, `others may read it: mode 0${mode.toString(8)}`, `chmod 600 ${path}`);
  return (await fits(readFileSync(path, "utf8"), saltOf(root, stack))) === false
    ? fail(
        name,
        `the one in ${path} does not fit ${stackFile(stack)}`,
        "put the right one there; without it the stack's secrets are lost",
      )
    : ok(name, "there, mode 0600");
}

/** One that the user gives in Pulumi's own ways: for one stack, most likely, and not for all of them. */
async function checkOwn(
  name: string,
  salt: string | undefined,
  stack: string,
  user: NodeJS.ProcessEnv,
): Promise<Finding> {
  const file = user.PULUMI_CONFIG_PASSPHRASE_FILE ?? "";
  const given = user.PULUMI_CONFIG_PASSPHRASE;
  if (given === undefined && !existsSync(file))
    return fail(
      name,
      `PULUMI_CONFIG_PASSPHRASE_FILE names ${file}, which is not there`,
      "name the file that holds it, or unset the variable",
    );
  return (await fits(given ?? readFileSync(file, "utf8"), salt)) === false
    ? warn(
        name,
        `the one that the environment gives does not fit ${stackFile(stack)}`,
        "set PULUMI_CONFIG_PASSPHRASE_FILE to the right one before you work on this stack",
      )
    : ok(name, "given by the environment");
}

const fits = async (passphrase: string, salt: string | undefined): Promise<boolean | undefined> =>
  salt === undefined ? undefined : await fitsPassphrase(passphrase.trim(), salt);

/** What a stack's file keeps to know its passphrase by. */
const saltOf = (root: string, stack: string): string | undefined =>
  readOwnKeys(join(root, stackFile(stack))).encryptionSalt;
