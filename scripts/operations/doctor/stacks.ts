import { accessSync, constants, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { loadFromFile } from "../../../stacks/settings/load-file";
import { encryption } from "../check-stack";
import { engineLocks } from "../engine-locks";
import { hasOwnBackend, hasOwnPassphrase } from "../environment";
import { describeHolder, isAlive } from "../lock-holder";
import { projectPaths } from "../project";
import { type Finding, fail, ok, warn } from "./finding";
import { checkStateFile } from "./state-files";

/** Names of the stacks that have a file. */
export function stacksOf(root: string): string[] {
  return readdirSync(root)
    .map((name) => /^Pulumi\.([a-z][a-z0-9-]*)\.yaml$/.exec(name)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

/** Names of the stacks whose host is another machine. A file that cannot be read is left to `check`. */
export function stacksElsewhere(root: string): string[] {
  return stacksOf(root).filter((stack) => {
    try {
      const { address }: { address?: unknown } = Object(loadFromFile(root, stack).values.host);
      return address !== undefined;
    } catch {
      return false;
    }
  });
}

export function checkState(root: string): Finding {
  if (hasOwnBackend(root)) return ok("state", `kept at ${process.env.PULUMI_BACKEND_URL}`);
  const { own } = projectPaths(root);
  try {
    mkdirSync(own, { recursive: true });
    accessSync(own, constants.W_OK);
    return ok("state", `kept in ${own}`);
  } catch {
    return fail("state", `${own} cannot be written`, "make it belong to this user");
  }
}

/** The passphrase file, the state and the engine's locks of each stack. */
export function checkStacks(root: string): Finding[] {
  return stacksOf(root).flatMap((stack) => [
    checkPassphrase(root, stack),
    ...checkStateFile(root, stack),
    ...checkLocks(root, stack),
  ]);
}

function checkPassphrase(root: string, stack: string): Finding {
  const name = `passphrase of ${stack}`;
  if (hasOwnPassphrase(root)) return ok(name, "given by the environment");
  const path = projectPaths(root).passphrase(stack);
  if (!existsSync(path))
    return encryption(root, stack) === "locked"
      ? warn(name, "not on this machine", `put it into ${path}, mode 0600; previews work without`)
      : ok(name, "none yet; init makes it");
  const mode = statSync(path).mode & 0o777;
  return mode === 0o600
    ? ok(name, "there, mode 0600")
    : fail(name, `others may read it: mode 0${mode.toString(8)}`, `chmod 600 ${path}`);
}

function checkLocks(root: string, stack: string): Finding[] {
  const name = `lock of ${stack}`;
  return engineLocks(root, stack).map(({ path, holder }) => {
    if (holder === undefined) return warn(name, `${path} cannot be read`, `pulumi cancel ${stack}`);
    return isAlive(holder)
      ? ok(name, describeHolder(holder))
      : warn(name, `left by process ${holder.pid}, which is gone`, `./backline up ${stack} removes it`);
  });
}
