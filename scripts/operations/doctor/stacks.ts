import { accessSync, constants, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { OperationError } from "../../../components/shared/errors";
import { loadFromFile } from "../../../stacks/settings/load-file";
import { encryption } from "../check-stack";
import { engineLocks, isLeft } from "../engine-locks";
import { hasOwnBackend, hasOwnPassphrase } from "../environment";
import { describeHolder } from "../lock-holder";
import { projectPaths } from "../project";
import { readBackups } from "../state/backups";
import { localState } from "../state/local";
import { readStateFile } from "../state-file";
import { type Finding, fail, ok, warn } from "./finding";

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

function checkStateFile(root: string, stack: string): Finding[] {
  const name = `state of ${stack}`;
  const local = localState(root, stack);
  try {
    const reading = local === undefined ? undefined : readStateFile(local.file);
    if (local === undefined || reading === undefined) return [];
    if (!reading.readable)
      return [fail(name, `${local.file} ${reading.problem}`, `./backline state restore ${stack}`)];
    const count = readBackups(root, stack).length;
    return [ok(name, `${reading.summary.resources} resources, ${count} backups`)];
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return [fail(name, error.message, "make it belong to this user")];
  }
}

function checkLocks(root: string, stack: string): Finding[] {
  const name = `lock of ${stack}`;
  return engineLocks(root, stack).map((lock) => {
    const { path, holder } = lock;
    if (isLeft(lock)) {
      const whose = holder === undefined ? "an engine" : `process ${holder.pid}`;
      return warn(name, `left by ${whose}, which is gone`, `./backline up ${stack} removes it`);
    }
    return holder === undefined
      ? warn(name, `${path} cannot be read`, "remove it if no pulumi works on the stack")
      : ok(name, describeHolder(holder));
  });
}
