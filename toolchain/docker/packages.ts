import type { Progress, Report } from "../progress";
import { findProgram } from "./programs";
import { addDockerRepository, canReach, dockerRepository } from "./repository";
import { rootPrefix } from "./root";
import { ask, run } from "./run";

/**
 * Packages that bring what is missing. Docker's own, once apt knows them; else the distribution's, whose newer releases
 * have the command in a package of its own.
 */
export function enginePackages(
  known: ReadonlySet<string>,
  missing: { engine: boolean; client: boolean },
): string[] {
  const packages: string[] = [];
  const dockers = known.has("docker-ce");
  if (missing.engine)
    packages.push(...(dockers ? ["docker-ce", "containerd.io"] : ["docker.io"]), "iptables");
  if (missing.client) {
    if (dockers) packages.push("docker-ce-cli");
    else if (known.has("docker-cli")) packages.push("docker-cli");
    else if (!missing.engine) packages.push("docker.io");
  }
  return packages;
}

/** Installs Debian packages, without removing any. Does nothing for an empty list. */
export async function installPackages(packages: readonly string[], report: Report): Promise<void> {
  if (packages.length === 0) return;
  const what = `Installing ${packages.join(", ")} with apt-get`;
  const apt = [...(await rootPrefix(what)), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  const waiting = ["-o", "DPkg::Lock::Timeout=120"];
  await run([...apt, "install", "--yes", "--no-install-recommends", "--no-remove", ...waiting, ...packages], {
    what,
    report,
  });
}

/** Fetches the package lists. A source that cannot be reached does not matter if the packages come from another. */
export async function refreshPackageLists(report: Report): Promise<void> {
  const what = "Fetching the package lists";
  const command = [...(await rootPrefix(what)), "apt-get", "update", "-o", "DPkg::Lock::Timeout=120"];
  await run(command, { what, report }).catch((error: Error) => report(error.message));
}

/** Installs the engine and, where it is missing, the client. */
export async function installEngine(progress: Progress): Promise<void> {
  await rootPrefix("Installing Docker Engine");
  await progress.task("Docker Engine: install", async (report) => {
    if (await canReach(dockerRepository)) await addDockerRepository(report);
    await refreshPackageLists(report);
    const missing = {
      engine: findProgram("dockerd") === undefined,
      client: findProgram("docker") === undefined,
    };
    await installPackages(enginePackages(await knownPackages(), missing), report);
  });
}

async function knownPackages(): Promise<Set<string>> {
  const candidates = ["docker-ce", "docker.io", "docker-cli"];
  const policy = await ask(["apt-cache", "policy", ...candidates], 30);
  return new Set(parsePolicy(policy.stdout));
}

/** The packages of an `apt-cache policy` listing that can be installed. */
export function parsePolicy(listing: string): string[] {
  const known: string[] = [];
  let name = "";
  for (const line of listing.split("\n")) {
    const heading = /^(\S+):$/.exec(line);
    if (heading?.[1] !== undefined) name = heading[1];
    else if (/^\s+Candidate: (?!\(none\))/.test(line)) known.push(name);
  }
  return known;
}
