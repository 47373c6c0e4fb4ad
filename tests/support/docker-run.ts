/** A container as its plan says, without the engine. */
import { execa } from "execa";
import type { ContainerPlan } from "../../components/shared/container";
import { labels } from "../../components/shared/names";

export interface Differences {
  /** Further labels, `name=value`. */
  readonly labels: readonly string[];
  /** Further names on its first network. */
  readonly aliases: readonly string[];
  /** In the place of the plan's: `127.0.0.1:40443:443`. */
  readonly published: readonly string[];
}

/** Starts it on networks and volumes that are there, and answers its id. */
export async function runPlanned({ name, spec }: ContainerPlan, differences: Differences): Promise<string> {
  const [first, ...others] = spec.networks;
  if (first === undefined) throw new Error(`${name} has no network`);
  const each = (option: string, values: readonly string[]) => values.flatMap((value) => [option, value]);
  const aliases = (network: typeof first) => [...network.aliases, name];
  const { stdout: id } = await execa("docker", [
    ...["create", "--name", name, "--hostname", name],
    ...["--memory", `${spec.memory}m`, "--memory-swap", `${spec.memory}m`, "--cpus", String(spec.cpu)],
    ...(spec.user === undefined ? [] : ["--user", spec.user]),
    ...(spec.readOnlyRoot === false ? [] : ["--read-only"]),
    ...["--security-opt", "no-new-privileges:true", "--cap-drop", "ALL"],
    ...each("--cap-add", spec.capabilities ?? []),
    ...each(
      "--env",
      Object.entries(spec.environment ?? {}).map(([key, value]) => `${key}=${value}`),
    ),
    ...each(
      "--tmpfs",
      Object.entries(spec.tmpfs ?? {}).map(([path, options]) => `${path}:${options}`),
    ),
    ...each("--volume", [
      ...(spec.volumes ?? []).map((volume) => `${volume.name}:${volume.containerPath}`),
      ...(spec.binds ?? []).map(({ hostPath, containerPath }) => `${hostPath}:${containerPath}:ro`),
    ]),
    ...each("--label", [
      `${labels.stack}=${spec.stack}`,
      `${labels.service}=${spec.service}`,
      ...differences.labels,
    ]),
    ...each("--publish", differences.published),
    ...["--network", first.name, ...each("--network-alias", [...aliases(first), ...differences.aliases])],
    spec.image,
    ...(spec.command ?? []),
  ]);
  for (const network of others)
    await execa("docker", ["network", "connect", ...each("--alias", aliases(network)), network.name, id]);
  await execa("docker", ["start", id]);
  return id;
}
