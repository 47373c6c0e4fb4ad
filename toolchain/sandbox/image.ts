import { fileURLToPath } from "node:url";
import { contentKey, filesBelow } from "../cache";
import { ask, run } from "../docker/run";
import { baseReference, ensureBaseImage, planBaseImage } from "../images/base";
import { baseKey } from "../images/keys";
import { hostMirrors } from "../images/mirrors";
import { canPull } from "../images/official";
import { findImages } from "../images/presence";
import type { Progress } from "../progress";
import { imageLabel } from "./names";

const context = fileURLToPath(new URL("image", import.meta.url));
const repository = "backline-sandbox";

/** Reference of the image that today's sources give. */
export async function sandboxImage(): Promise<string> {
  const key = await contentKey(["sandbox", await baseKey()], await filesBelow(context));
  return `${repository}:${key}`;
}

/** What `ensureSandboxImage` will do, one sentence each; empty if the image is there. */
export async function planSandboxImage(): Promise<string[]> {
  const [image, base] = await findBoth();
  if (image !== undefined) return [];
  return [
    ...(base === undefined ? planBaseImage() : []),
    `Build the image ${await sandboxImage()} from Debian's packages: Debian 12, systemd and an SSH server.`,
  ];
}

async function findBoth(): Promise<[string | undefined, string | undefined]> {
  const wanted = [await sandboxImage(), baseReference];
  const found = await findImages(wanted);
  const has = (reference = "") => found.find(({ RepoTags }) => RepoTags?.includes(reference))?.Id;
  return [has(wanted[0]), has(wanted[1])];
}

/** Builds the image if it is missing, and removes those of older sources. Answers its reference. */
export async function ensureSandboxImage(progress: Progress): Promise<string> {
  const reference = await sandboxImage();
  const [image, base] = await findBoth();
  if (image !== undefined) return reference;
  // The stand-in for the base is brought up to date, an official one is left alone.
  if (base !== undefined || !(await pullBase(progress))) await ensureBaseImage(progress);
  await progress.task(`Image ${reference}`, async (report) => {
    const { proxy } = await hostMirrors();
    const command = [
      ...["docker", "build", "--force-rm", "--network", "host", "--tag", reference],
      ...(proxy === undefined ? [] : ["--build-arg", `http_proxy=${proxy}`]),
      ...["--label", `${imageLabel}=${reference}`],
      context,
    ];
    await run(command, { what: `Building ${reference}`, report, env: { DOCKER_BUILDKIT: "0" } });
  });
  await removeOlder(reference);
  return reference;
}

async function pullBase(progress: Progress): Promise<boolean> {
  if (!(await canPull(["node"]))) return false;
  await progress.task(`Image ${baseReference}: pull`, async (report) => {
    await run(["docker", "pull", baseReference], { what: `Pulling ${baseReference}`, report });
  });
  return true;
}

/** One that a sandbox still runs from stays: Docker refuses to remove it. */
async function removeOlder(current: string): Promise<void> {
  const format = ["--format", "{{.Repository}}:{{.Tag}}"];
  const listed = await ask(["docker", "image", "ls", "--filter", `label=${imageLabel}`, ...format], 30);
  const older = listed.stdout
    .split("\n")
    .filter((tag) => tag.startsWith(`${repository}:`) && tag !== current);
  await Promise.all(older.map((tag) => ask(["docker", "image", "rm", tag], 60)));
}
