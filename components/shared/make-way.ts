import type * as pulumi from "@pulumi/pulumi";
import { type Host, type HostCommand, hostCommand } from "./host";
import { quote } from "./shell";

/**
 * Frees a container's name before the container is created. Going back to what ran before, after a release that
 * failed, makes the very name that the old replica still has, which serves on until the update is through. It is
 * renamed, keeps its aliases and so its traffic, and is removed by its id at the end.
 */
export function makeWay(
  name: string,
  host: Host,
  container: string,
  image: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
): HostCommand {
  const script = [
    `if id=$(docker inspect --type container --format '{{.Id}}' ${quote(container)} 2>/dev/null); then`,
    `  docker rename "$id" ${quote(container)}-$(printf %.12s "$id")`,
    "fi",
  ].join("\n");
  // A container that serves keeps its name, whatever else about this command changes.
  const update = "true";
  return hostCommand(name, host, { create: script, update, triggers: [container, image] }, options);
}
