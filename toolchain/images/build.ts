import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, run } from "../docker/run";
import type { Progress, Report } from "../progress";
import { ensureBaseImage } from "./base";
import { baseKey, imageFolder, packagesKey } from "./keys";
import { hostMirrors } from "./mirrors";
import { fetchNode } from "./node-program";
import { stageLabel, standInLabel } from "./presence";
import { type Ingredient, reference, type StandInName, standIns } from "./stand-ins";

export interface BuildOptions {
  readonly progress: Progress;
  /** What to build, with the key that becomes its label. */
  readonly keys: ReadonlyMap<StandInName, string>;
  /** Gives the path of a Caddy program for this machine's architecture. Called only if Caddy's image is built. */
  readonly caddyBinary: () => Promise<string>;
}

/** Builds stand-ins side by side; each waits only for what it is made from. Throws the first failure, at the end. */
export async function buildStandIns({ progress, keys, caddyBinary }: BuildOptions): Promise<void> {
  const names = [...keys.keys()];
  const needs = (ingredient: Ingredient): boolean =>
    names.some((name) => standIns[name].ingredients.includes(ingredient));
  const work = await mkdtemp(join(tmpdir(), "backline-images-"));
  try {
    const base = ensureBaseImage(progress);
    const ready: Record<Ingredient, Promise<string>> = {
      packages: needs("packages") ? base.then(() => buildPackages(progress)) : Promise.resolve(""),
      caddy: needs("caddy") ? caddyBinary() : Promise.resolve(""),
      node: needs("node")
        ? progress.task("Program node", (report) => fetchNode(work, report))
        : Promise.resolve(""),
    };
    const builds = names.map(async (name) => {
      await base;
      const ingredients = await Promise.all(standIns[name].ingredients.map((of) => ready[of]));
      await progress.task(`Image ${reference(name)}`, async (report) => {
        await buildStandIn({ name, key: keys.get(name) ?? "", ingredients, work, report });
      });
    });
    // All settle first: a build that went on alone would print into whatever comes next.
    const settled = await Promise.allSettled([base, ...Object.values(ready), ...builds]);
    for (const result of settled) if (result.status === "rejected") throw result.reason;
  } finally {
    await Promise.all([rm(work, { recursive: true, force: true }), removeStages()]);
  }
}

interface StandInBuild {
  readonly name: StandInName;
  readonly key: string;
  /** In the order of the stand-in's ingredients: the reference of the packages image, or the path of a program. */
  readonly ingredients: readonly string[];
  readonly work: string;
  readonly report: Report;
}

async function buildStandIn({ name, key, ingredients, work, report }: StandInBuild): Promise<void> {
  const { folder, ingredients: kinds, args } = standIns[name];
  const context = join(work, folder);
  await cp(imageFolder(folder), context, { recursive: true });
  const buildArgs: Record<string, string> = { ...args };
  for (const [index, kind] of kinds.entries()) {
    const ingredient = ingredients[index] ?? "";
    if (kind === "packages") buildArgs.PACKAGES = ingredient;
    else await cp(ingredient, join(context, kind));
  }
  await dockerBuild({ tag: reference(name), context, buildArgs, labels: { [standInLabel]: key }, report });
}

async function buildPackages(progress: Progress): Promise<string> {
  const tag = `backline-standin/packages:${await packagesKey(await baseKey())}`;
  await progress.task("Debian's packages for the images", async (report) => {
    await dockerBuild({ tag, context: imageFolder("packages"), buildArgs: {}, labels: {}, report });
  });
  return tag;
}

interface DockerBuild {
  readonly tag: string;
  readonly context: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly report: Report;
}

async function dockerBuild({ tag, context, buildArgs, labels, report }: DockerBuild): Promise<void> {
  const { proxy } = await hostMirrors();
  const args = { ...buildArgs, ...(proxy === undefined ? {} : { http_proxy: proxy }) };
  const command = [
    ...["docker", "build", "--force-rm", "--tag", tag],
    // As the host sees the network: its name servers and a proxy on its loopback address work.
    ...["--network", "host"],
    ...Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
    ...Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
    context,
  ];
  // The classic builder is in every engine; BuildKit needs a plugin of the client that the registries lack.
  await run(command, { what: `Building ${tag}`, report, env: { DOCKER_BUILDKIT: "0" } });
}

/** Removes what was only built to take files from. What another build still uses stays. */
async function removeStages(): Promise<void> {
  const listed = await ask(["docker", "image", "ls", "--quiet", "--filter", `label=${stageLabel}`], 30);
  const ids = [...new Set(listed.stdout.split("\n").filter((id) => id !== ""))];
  if (ids.length > 0) await ask(["docker", "image", "rm", "--force", ...ids], 60);
}
