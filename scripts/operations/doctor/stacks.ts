import { accessSync, constants, mkdirSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { loadFromFile } from "../../../stacks/settings/load-file";
import { engineLocks } from "../engine-locks";
import { hasOwnBackend } from "../environment";
import { describeHolder, type Holder, isAlive } from "../lock-holder";
import { projectPaths } from "../project";
import { presentHolder } from "../stack-lock";
import { type Finding, fail, ok, warn } from "./finding";
import { checkPassphrase } from "./passphrases";
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

/** The passphrase, the state and the locks of each stack. */
export async function checkStacks(root: string): Promise<Finding[]> {
  const findings = stacksOf(root).map(async (stack) => [
    await checkPassphrase(root, stack),
    ...checkStateFile(root, stack),
    ...checkLocks(root, stack),
  ]);
  return (await Promise.all(findings)).flat();
}

/** Who works on a stack now, with Backline or with plain `pulumi`, and what a killed run has left. */
function checkLocks(root: string, stack: string): Finding[] {
  const name = `lock of ${stack}`;
  const held = (holder: Holder): Finding =>
    warn(name, describeHolder(holder), `wait for it; if it hangs, kill ${holder.pid} ends it`);
  const present = presentHolder(root, stack);
  const locks = engineLocks(root, stack).map(({ path, holder }) => {
    if (holder === undefined) return warn(name, `${path} cannot be read`, `pulumi cancel ${stack}`);
    if (!isAlive(holder))
      return warn(name, `left by process ${holder.pid}, which is gone`, `./backline up ${stack} removes it`);
    return holder.hostname === hostname()
      ? held(holder)
      : warn(
          name,
          describeHolder(holder),
          `wait for it; if it is gone from there, run: pulumi cancel ${stack}`,
        );
  });
  return [...(present === undefined ? [] : [held(present)]), ...locks];
}
