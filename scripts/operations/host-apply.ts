import { execa } from "execa";
import { distributionNames } from "../../components/host/distribution";
import { groups, planHost } from "../../components/host/plan";
import { applyParts, applyScript } from "../../components/host/remote";
import { OperationError } from "../../components/shared/errors";
import { sentenceMark, sshDestination } from "../../components/shared/ssh";
import { hostArgs } from "../../stacks/host";
import { ask, requireAnswer } from "./ask";
import { checkStack } from "./check-stack";
import { startHeartbeat } from "./heartbeat";
import { checkHost, drifting } from "./host-check";
import { reach, requireHost, requireSettings } from "./reach";
import { print, say } from "./say";
import { withStackLock } from "./stack-lock";

export interface ApplyOptions {
  readonly root: string;
  readonly stack: string;
  readonly yes: boolean;
}

/** Gives the host every step again, whatever the state says: the scripts are those of `up`. */
export async function applyHost({ root, stack, yes }: ApplyOptions): Promise<void> {
  requireAnswer("host apply", yes);
  const { settings } = checkStack(root, stack, { missing: "warn" });
  const access = requireHost(settings);
  requireSettings(settings, "deploy");
  await withStackLock(root, stack, `host apply ${stack}`, async () => {
    const { host } = await reach(settings, "deploy");
    const args = hostArgs(settings);
    const [distribution] = distributionNames;
    const count = planHost(args, distribution).groups.flatMap(({ steps }) => steps).length;
    const where = sshDestination(access, host?.connection ?? "shared");
    if (!yes) {
      const differing = drifting(await checkHost(settings)).map(({ name }) => name);
      say(differing.length === 0 ? "Nothing differs." : `These steps differ: ${differing.join(", ")}.`);
      if (!(await ask(`Apply all ${count} steps to ${where}? What runs there goes on.`)))
        throw new OperationError("nothing was changed");
    }
    for (const group of groups) {
      say(`${group.name}: applying to ${where}`);
      await runGroup(applyScript(access, group), applyParts(args, group.name));
    }
    print(`The host of ${stack} is as its file says: ${count} steps.`);
  });
}

/** Runs a script of this machine, and shows its lines as they come. @throws OperationError with its last sentence. */
export async function runGroup(script: string, input: string, show = say): Promise<void> {
  const child = execa("sh", ["-c", script], { input, reject: false, all: true });
  const heartbeat = startHeartbeat({ say: show });
  let sentence: string | undefined;
  try {
    for await (const line of child.iterable({ from: "all" })) {
      heartbeat.beat(line, true);
      if (line.startsWith(sentenceMark)) sentence = line.slice(sentenceMark.length).trim();
      else show(`  ${line}`);
    }
    const { exitCode } = await child;
    if (exitCode === 0) return;
    throw new OperationError(sentence ?? "the host could not be prepared, as the lines above say");
  } finally {
    heartbeat.stop();
  }
}
