import { rm } from "node:fs/promises";
import { run } from "../docker/run";
import { withLock } from "../lock";
import type { Progress, Report } from "../progress";
import { labelled } from "./find";
import { makeFolder, sandboxFiles } from "./key";
import { sandboxLabel } from "./names";

/** Time that systemd has to end its services, nested containers among them, in seconds. */
const graceSeconds = 20;

/**
 * Removes what carries a sandbox's label (container, network, volume) and its key. Answers whether anything was there.
 * The image stays for the next one.
 */
export async function stopSandbox(progress: Progress, folder: string, name: string): Promise<boolean> {
  const files = sandboxFiles(folder, name);
  await makeFolder(folder);
  return await withLock(files.lock, async () => {
    const left = await leftOf(name);
    if (left.length > 0) await progress.task(`Sandbox ${name}: stop`, (report) => remove(name, report));
    await rm(files.own, { recursive: true, force: true });
    return left.length > 0;
  });
}

const kinds = [
  ["container", "ls", "--all"],
  ["network", "ls"],
  ["volume", "ls"],
] as const;

/** Everything in Docker that carries the sandbox's label. */
async function leftOf(name: string): Promise<string[]> {
  const found = await Promise.all(kinds.map((listing) => labelled(listing, `${sandboxLabel}=${name}`)));
  return found.flat();
}

async function remove(name: string, report: Report): Promise<void> {
  for (const listing of kinds) {
    const [kind] = listing;
    const ids = await labelled(listing, `${sandboxLabel}=${name}`);
    if (ids.length === 0) continue;
    const what = `Removing the ${kind} of the sandbox ${name}`;
    report(what);
    // Killed, it would leave the control groups of the containers inside behind.
    if (kind === "container")
      await run(["docker", "stop", "-t", String(graceSeconds), ...ids], { what, report });
    const options = kind === "container" ? ["--force", "--volumes"] : [];
    await run(["docker", kind, "rm", ...options, ...ids], { what, report });
  }
}
