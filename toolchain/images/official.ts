import { type CatalogueImage, catalogue, type ImageName } from "../../components/images/catalogue";
import { run } from "../docker/run";
import type { Progress } from "../progress";
import { findImages } from "./presence";
import { reference } from "./stand-ins";

const dockerHub = "registry-1.docker.io";
const probeMilliseconds = 3_000;

export interface PullOptions {
  readonly progress: Progress;
  readonly names: readonly ImageName[];
}

/** Whether every registry that the images come from answers within 3 s. It may ask for a login: Docker brings its own. */
export async function canPull(names: readonly ImageName[] = imageNames): Promise<boolean> {
  const hosts = [...new Set(names.map((name) => registryHost(catalogue[name].repository)))];
  const answers = await Promise.all(hosts.map(isRegistry));
  return answers.every((answer) => answer);
}

/** Pulls the images that Docker lacks, by digest where one is pinned, and names them `repository:tag`. */
export async function pullImages({ progress, names }: PullOptions): Promise<void> {
  const found = await findImages(names.map(reference));
  const there = new Set(found.flatMap(({ RepoTags }) => RepoTags ?? []));
  const missing = [...new Set(names)].filter((name) => !there.has(reference(name)));
  const pulls = missing.map((name) =>
    progress.task(`Image ${reference(name)}`, async (report) => {
      const source = pullReference(catalogue[name]);
      await run(["docker", "pull", source], { what: `Pulling ${source}`, report });
      if (source !== reference(name)) {
        await run(["docker", "tag", source, reference(name)], { what: `Naming ${reference(name)}` });
      }
    }),
  );
  const settled = await Promise.allSettled(pulls);
  for (const result of settled) if (result.status === "rejected") throw result.reason;
}

const imageNames = Object.keys(catalogue).filter((name): name is ImageName => name in catalogue);

/** What to pull: the pinned digest, if there is one, decides over the tag. */
export function pullReference({ repository, tag, digest }: CatalogueImage): string {
  return digest === undefined ? `${repository}:${tag}` : `${repository}:${tag}@${digest}`;
}

/** The host that serves a repository: its first part if that is a host's name, else Docker Hub. */
export function registryHost(repository: string): string {
  const [first = "", ...rest] = repository.split("/");
  const isHost = rest.length > 0 && (first.includes(".") || first.includes(":") || first === "localhost");
  return isHost ? first : dockerHub;
}

/** A registry answers `/v2/` with 200, or with 401 and how to log in; a gateway in between answers something else. */
async function isRegistry(host: string): Promise<boolean> {
  try {
    const response = await fetch(`https://${host}/v2/`, { signal: AbortSignal.timeout(probeMilliseconds) });
    return response.headers.get("docker-distribution-api-version") === "registry/2.0";
  } catch {
    return false;
  }
}
