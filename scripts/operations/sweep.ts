import { keptImages } from "../../components/release/release";
import { OperationError } from "../../components/shared/errors";
import {
  asListed,
  type DockerTarget,
  docker,
  listContainerIds,
  listContainers,
  listImageReferences,
  listImages,
  listNetworks,
  listVolumes,
} from "./docker";
import { type Outputs, promised } from "./outputs";
import { say } from "./say";

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/**
 * After a good update: removes the stack's containers that the outputs do not name. A run that was killed leaves such;
 * the state does not know them.
 */
export async function sweepUnknown(target: DockerTarget, outputs: Outputs): Promise<void> {
  const { containers: expected } = promised(outputs);
  if (expected.length === 0) return;
  const names = new Set(expected.map(({ name }) => name));
  const unknown = (await listContainers(target)).filter(({ name }) => !names.has(name));
  if (unknown.length === 0) return;
  await docker(target, ["container", "rm", "--force", "--volumes", ...unknown.map(({ id }) => id)]);
  say(`removed what an interrupted run left: ${unknown.map(({ name }) => name).join(", ")}`);
}

/**
 * After a good update: removes the stack's images but those of the last releases. An update does so itself, but for what
 * a container still used then that a failed release had left. One that is still in use stays, and fails nothing.
 */
export async function sweepImages(target: DockerTarget, outputs: Outputs): Promise<void> {
  const { releases } = promised(outputs);
  if (releases.length === 0) return;
  const kept = new Set([...keptImages(releases)].map(asListed));
  const left = (await listImageReferences(target)).filter(
    (image) => !kept.has(image) && !image.includes("<none>"),
  );
  if (left.length === 0) return;
  await docker(target, ["image", "rm", ...left]).catch((error: unknown) => {
    if (!(error instanceof OperationError)) throw error;
    say(`images of earlier releases stay until the next deploy: ${error.message}`);
  });
}

/** Removes every container, network and image with the stack's label; answers what that was, in words. */
export async function sweepAll(target: DockerTarget): Promise<readonly string[]> {
  const containers = await listContainerIds(target);
  if (containers.length > 0) await docker(target, ["container", "rm", "--force", "--volumes", ...containers]);
  const networks = await listNetworks(target);
  if (networks.length > 0) await docker(target, ["network", "rm", ...networks]);
  const images = await listImages(target);
  if (images.length > 0) await docker(target, ["image", "rm", "--force", ...images]);
  return [
    ...(containers.length > 0 ? [counted(containers.length, "container")] : []),
    ...(networks.length > 0 ? [counted(networks.length, "network")] : []),
    ...(images.length > 0 ? [counted(images.length, "image")] : []),
  ];
}

/** Removes the stack's data for good; answers the names of the volumes. */
export async function removeVolumes(target: DockerTarget): Promise<string[]> {
  const volumes = await listVolumes(target);
  if (volumes.length > 0) await docker(target, ["volume", "rm", ...volumes]);
  return volumes;
}
