import { type ContainerPlan, planContainer } from "../shared/container";
import { type LiveConfig, liveBind } from "../shared/live-config";
import { labels } from "../shared/names";
import type { ProxyPlanArgs } from "./args";
import { operationsPort, renderCaddyfile } from "./caddyfile";
import { awaitCertificates } from "./certificates";
import { configFiles, livePath } from "./files";
import { planUpstreams, type UpstreamFiles, upstreamsBind } from "./upstreams";

/** Caddy needs no root: ports below 1024 are free for all inside a container. */
export const proxyOwner = "1000:1000";
const caddyfile = `${livePath}/current/Caddyfile`;

/** Caddy takes up an equal configuration only when forced to, and a new certificate under the old name is equal. */
const reloadCommand = (force: boolean): string =>
  `docker exec "$id" caddy reload${force ? " --force" : ""} --adapter caddyfile --config ${caddyfile}`;

export interface ProxyPlan {
  readonly container: ContainerPlan;
  readonly config: LiveConfig;
  readonly upstreams: UpstreamFiles;
  readonly volume: { readonly name: string; readonly labels: { label: string; value: string }[] };
}

export function planProxy(args: ProxyPlanArgs): ProxyPlan {
  const volume = `${args.stack}-proxy-data`;
  return {
    volume: {
      name: volume,
      labels: [
        { label: labels.stack, value: args.stack },
        { label: labels.kind, value: "data" },
      ],
    },
    upstreams: planUpstreams(args.upstreams),
    config: {
      service: "proxy",
      owner: proxyOwner,
      files: [{ name: "Caddyfile", content: renderCaddyfile(args) }, ...configFiles(args)],
      validate:
        'LIVE_DIRECTORY="$dir" XDG_DATA_HOME=/tmp XDG_CONFIG_HOME=/tmp caddy validate --adapter caddyfile --config "$dir/Caddyfile"',
      reload: reloadCommand(args.certificates.kind === "cloudflare"),
      settle: awaitCertificates(args),
    },
    container: planContainer({
      stack: args.stack,
      service: "proxy",
      image: args.imageReference,
      command: ["caddy", "run", "--adapter", "caddyfile", "--config", caddyfile],
      environment: { XDG_DATA_HOME: "/data", XDG_CONFIG_HOME: "/config" },
      user: proxyOwner,
      memory: args.memory,
      cpu: args.cpu,
      networks: [
        { name: args.networks.edge, aliases: ["proxy"] },
        { name: args.networks.monitoring, aliases: ["proxy"] },
      ],
      volumes: [{ name: volume, containerPath: "/data" }],
      binds: [liveBind(args.host, "proxy", livePath), upstreamsBind(args.host)],
      tmpfs: { "/tmp": "size=16m,mode=1777", "/config": "size=1m,mode=0700,uid=1000,gid=1000" },
      // The official program carries this capability and does not start where it cannot be had.
      capabilities: ["NET_BIND_SERVICE"],
      ports: [
        { internal: args.httpPort, external: args.httpPort, protocol: "tcp" },
        { internal: args.httpsPort, external: args.httpsPort, protocol: "tcp" },
        { internal: args.httpsPort, external: args.httpsPort, protocol: "udp" },
      ],
      health: {
        test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${operationsPort}/health`],
        interval: 10,
        startPeriod: 10,
      },
      stopGrace: 15,
    }),
  };
}
