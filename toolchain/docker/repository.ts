import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { OperationError } from "../../components/shared/errors";
import type { Report } from "../progress";
import { rootPrefix } from "./root";
import { ask, run } from "./run";

/** Docker's own package repository, the official way to Docker Engine on Debian and Ubuntu. */
export const dockerRepository = "https://download.docker.com/linux/";

const probeMilliseconds = 3_000;

/** Whether an address answers, whatever it answers, within 3 s. */
export async function canReach(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(probeMilliseconds) });
    return response.ok;
  } catch {
    return false;
  }
}

/** Makes Docker's repository known to apt, in two files of its own. A distribution that it does not serve is left as it is. */
export async function addDockerRepository(report: Report): Promise<void> {
  const release = parseEnv(await readFile("/etc/os-release", "utf8"));
  const distribution = release.ID;
  const codename = release.VERSION_CODENAME;
  if ((distribution !== "debian" && distribution !== "ubuntu") || codename === undefined) return;
  if (!(await canReach(`${dockerRepository}${distribution}/dists/${codename}/Release`))) return;

  report("adding Docker's package repository");
  const key = await fetch(`${dockerRepository}${distribution}/gpg`, { signal: AbortSignal.timeout(30_000) });
  if (!key.ok) throw new OperationError(`Docker's signing key could not be fetched: HTTP ${key.status}`);
  const architecture = await ask(["dpkg", "--print-architecture"]);
  const source = dockerSource({ distribution, codename, architecture: architecture.stdout });
  await installFile("/etc/apt/keyrings/docker.asc", await key.text());
  await installFile("/etc/apt/sources.list.d/docker.sources", source);
}

/** The apt source of Docker's packages for one release of a distribution. */
export function dockerSource(release: {
  distribution: string;
  codename: string;
  architecture: string;
}): string {
  return [
    "Types: deb",
    `URIs: ${dockerRepository}${release.distribution}`,
    `Suites: ${release.codename}`,
    "Components: stable",
    `Architectures: ${release.architecture}`,
    "Signed-By: /etc/apt/keyrings/docker.asc",
    "",
  ].join("\n");
}

async function installFile(path: string, content: string): Promise<void> {
  const what = `Writing ${path}`;
  const folder = await mkdtemp(join(tmpdir(), "backline-"));
  try {
    const file = join(folder, "file");
    await writeFile(file, content);
    await run([...(await rootPrefix(what)), "install", "-D", "-m", "0644", file, path], { what });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
