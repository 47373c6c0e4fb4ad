import { paths } from "../../services/contract/environment";
import { planContainer } from "../shared/container";
import { imageVersion } from "../shared/names";
import type { ServicePlanArgs } from "./args";
import type { ServicePlan } from "./plan";

/** A front end: files that Caddy serves. It needs no store and holds no secret. */
export interface SitePlanArgs
  extends Pick<
    ServicePlanArgs,
    | "stack"
    | "networks"
    | "name"
    | "imageReference"
    | "replicas"
    | "memory"
    | "cpu"
    | "ports"
    | "update"
    | "drain"
    | "stopGrace"
    | "startTimeout"
  > {
  /** URL of the API, as browsers reach it. */
  readonly api: string;
  /** URL of the WebSocket server, as browsers reach it. */
  readonly socket: string;
}

/** What the Caddyfile of the image reads (services/web/Caddyfile). */
export function siteEnvironment(args: SitePlanArgs): Record<string, string> {
  return {
    PORT: String(args.ports.traffic),
    METRICS_PORT: String(args.ports.metrics),
    HEALTH_PORT: String(args.ports.health),
    DRAIN_SECONDS: String(Math.ceil(args.drain)),
    API_URL: args.api,
    SOCKET_URL: args.socket,
    // A content security policy names origins; not every browser understands a path there.
    SOCKET_ORIGIN: new URL(args.socket).origin,
  };
}

export function planSite(args: SitePlanArgs): ServicePlan {
  const probe = (path: string): readonly string[] => [
    "wget",
    ...["-q", "-O", "/dev/null", `http://127.0.0.1:${args.ports.health}${path}`],
  ];
  const replicas = Array.from({ length: args.replicas }, (_, slot) =>
    planContainer({
      stack: args.stack,
      service: args.name,
      slot,
      image: args.imageReference,
      version: imageVersion(args.imageReference),
      environment: siteEnvironment(args),
      user: "1000:1000",
      memory: args.memory,
      cpu: args.cpu,
      networks: [
        { name: args.networks.edge, aliases: [args.name] },
        { name: args.networks.monitoring, aliases: [args.name] },
      ],
      tmpfs: { "/tmp": "size=16m,mode=1777" },
      // The official program carries this capability and does not start where it cannot be had.
      capabilities: ["NET_BIND_SERVICE"],
      health: { test: probe("/health"), interval: 10, startPeriod: 10 },
      stopSignal: "SIGTERM",
      stopGrace: Math.ceil(args.stopGrace),
    }),
  );
  return {
    name: args.name,
    update: args.update,
    startTimeout: args.startTimeout,
    metrics: { port: args.ports.metrics, path: paths.metrics },
    files: undefined,
    probe: probe("/ready"),
    replicas,
  };
}
