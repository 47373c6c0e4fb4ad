import type * as pulumi from "@pulumi/pulumi";
import type { Bind } from "../shared/container";
import { inDirectory } from "../shared/files";
import { type Host, type HostCommand, hostCommand } from "../shared/host";
import { commandLine } from "../shared/shell";
import type { Upstream } from "./args";

/** Where the proxy's container finds the files. */
export const upstreamsPath = "/etc/caddy/upstreams";

/** Below the stack's directory on the host. */
const directory = "upstreams";

const fileOf = (service: string, slot: number): string => `${service}-${slot}`;

/**
 * What Caddy dials for the replicas of a service. The name of the container is in a file, which Caddy reads for each
 * request: so a deploy moves the traffic without a reload, which would close every connection that is idle at that
 * moment, and with it lose the requests that are on their way there.
 */
export const upstreamAddresses = (
  service: string,
  { containers, port }: Pick<Upstream, "containers" | "port">,
): string[] => containers.map((_, slot) => `{file.${upstreamsPath}/${fileOf(service, slot)}}:${port}`);

/** The bind mount through which the proxy sees the files. */
export const upstreamsBind = (host: Host): Bind => ({
  hostPath: `${host.directory}/${host.stack}/${directory}`,
  containerPath: upstreamsPath,
});

/** Name of the container by the name of its file. */
export type UpstreamFiles = Readonly<Record<string, string>>;

export const planUpstreams = (
  upstreams: Readonly<Record<string, Pick<Upstream, "containers">>>,
): UpstreamFiles =>
  Object.fromEntries(
    Object.entries(upstreams).flatMap(([service, { containers }]) =>
      containers.map((container, slot) => [fileOf(service, slot), container]),
    ),
  );

/** Shell script that writes the files in `/files/upstreams`, each of them whole. */
export const routeScript = (upstreams: UpstreamFiles): string =>
  [
    `mkdir -p /files/${directory}; cd /files/${directory}`,
    'put() { printf %s "$2" > "$1.part"; mv -f "$1.part" "$1"; }',
    ...Object.entries(upstreams)
      .sort()
      .map(([file, container]) => commandLine(["put", file, container])),
  ].join("\n");

/**
 * Routes requests to these containers from now on. Files of slots that are no more stay, since the configuration before
 * still names them.
 */
export function routeTo(
  name: string,
  host: Host,
  upstreams: UpstreamFiles,
  image: string,
  options: pulumi.CustomResourceOptions,
): HostCommand {
  return hostCommand(
    name,
    host,
    {
      create: inDirectory(host, image, routeScript(upstreams)),
      delete: inDirectory(host, image, `rm -rf /files/${directory}`),
    },
    options,
  );
}
