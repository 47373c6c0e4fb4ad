import { ports as monitoringPorts } from "../../components/monitoring/prometheus";
import { postgres } from "../../components/postgres/place";
import { redis } from "../../components/redis/place";
import type { ServiceSettings, Settings } from "../settings/settings";
import { sitesOnHost, sitesOnVercel } from "../sites";
import { externals } from "./externals";
import { idOf, link, node, subgraph } from "./mermaid";

/** What the outputs of a deployed stack say; undefined before the first deploy. */
export interface Deployed {
  /** Id of the release that serves. */
  readonly release: string | undefined;
  readonly containers: readonly { readonly service: string }[];
}

const serviceId = (name: string): string => idOf("service", name);
const storeIds = { postgres: "store_postgres", redis: "store_redis" } as const;

/**
 * A stack as a Mermaid flowchart: who asks whom, on which port, and how often each part runs. Pure: equal settings and
 * outputs give equal text, which holds no secret.
 */
export function renderDiagram(settings: Settings, deployed?: Deployed): string {
  const { stack, system, services, monitoring } = settings;
  const release = deployed?.release === undefined ? "" : `, release ${deployed.release}`;
  const lines = [
    ...entryNodes(settings),
    ...subgraph("host", hostTitle(settings), [
      ...subgraph("network_edge", `${stack}-edge`, [
        node("proxy", "box", "Caddy"),
        ...services.map((service) => serviceNode(service, deployed)),
      ]),
      ...dataPart(settings),
      ...(monitoring.enabled ? monitoringPart(settings) : []),
    ]),
    ...entryLinks(settings),
    ...routes(settings),
    ...services
      .filter(({ needs }) => needs.length > 0)
      .map(({ name, needs }) =>
        link(
          [serviceId(name)],
          needs.map((store) => storeIds[store]),
        ),
      ),
    ...(monitoring.enabled ? monitoringLinks(settings) : []),
    ...externals(settings, serviceId),
  ];
  return [
    "---",
    `title: ${JSON.stringify(`${system}, ${stack}${release}`)}`,
    "---",
    "flowchart LR",
    ...lines.map((line) => `  ${line}`),
    "",
  ].join("\n");
}

/** The stores that a system has, on the network that they have for themselves. */
function dataPart(settings: Settings): string[] {
  const nodes = storesOf(settings).map((store) =>
    store === "postgres"
      ? node(storeIds.postgres, "store", "PostgreSQL", String(postgres.port))
      : node(storeIds.redis, "store", "Redis", String(redis.port)),
  );
  return nodes.length === 0 ? [] : subgraph("network_data", `${settings.stack}-data, no way out`, nodes);
}

const storesOf = (settings: Settings): (keyof typeof storeIds)[] =>
  (["postgres", "redis"] as const).filter((store) => settings[store] !== undefined);

const hostTitle = ({ host }: Settings): string =>
  host.address === undefined ? "Docker on this machine" : `host ${host.address}`;

const isBehindCloudflare = ({ host, cloudflare }: Settings): boolean =>
  host.webFrom === "cloudflare" || cloudflare !== undefined;

/** Who comes in, and what stands before the proxy or in its place. */
function entryNodes(settings: Settings): string[] {
  const atVercel = sitesOnVercel(settings).map(({ hostname }) => hostname);
  return [
    node("clients", "outside", "clients"),
    ...(isBehindCloudflare(settings) ? [node("cloudflare", "outside", "Cloudflare")] : []),
    ...(atVercel.length === 0 ? [] : [node("vercel", "outside", "Vercel", ...atVercel)]),
  ];
}

function entryLinks(settings: Settings): string[] {
  const { proxy } = settings;
  const web = "HTTPS, HTTP/3, WebSocket";
  const ports = `${proxy.httpsPort} (${proxy.httpPort} redirects)`;
  return [
    ...(isBehindCloudflare(settings)
      ? [
          link(["clients"], ["cloudflare"], { text: [web] }),
          link(["cloudflare"], ["proxy"], { text: ["HTTPS, WebSocket", ports] }),
        ]
      : [link(["clients"], ["proxy"], { text: [web, ports] })]),
    ...(sitesOnVercel(settings).length === 0 ? [] : [link(["clients"], ["vercel"], { text: ["HTTPS"] })]),
  ];
}

function serviceNode(
  { name, replicas, ports, frontEnd, source }: ServiceSettings,
  deployed?: Deployed,
): string {
  const running = deployed?.containers.filter(({ service }) => service === name).length;
  const count = running ?? replicas;
  const what = frontEnd === undefined ? name : `${name}, front end`;
  // A worker has no listener for traffic.
  const port = source === "worker" || ports.traffic === undefined ? [] : [String(ports.traffic)];
  return node(serviceId(name), "box", `${what} ×${count}`, ...port);
}

/** One link for each service, with every address that leads to it. */
function routes(settings: Settings): string[] {
  const sites = sitesOnHost(settings);
  return settings.services.flatMap(({ name }) => {
    const text = sites.flatMap(({ hostname, routes: leads }) =>
      leads
        .filter(({ service }) => service === name)
        .map(({ path }) => (path === "/" ? hostname : `${hostname}${path}`)),
    );
    return text.length === 0 ? [] : [link(["proxy"], [serviceId(name)], { text })];
  });
}

function monitoringPart(settings: Settings): string[] {
  const { stack, monitoring } = settings;
  const stores = storesOf(settings).map((store) => (store === "postgres" ? "PostgreSQL" : "Redis"));
  return subgraph("network_monitoring", `${stack}-monitoring`, [
    node("prometheus", "box", "Prometheus", String(monitoringPorts.prometheus)),
    node("alertmanager", "box", "Alertmanager", String(monitoringPorts.alertmanager)),
    node("exporters", "box", `exporters: ${["node", ...stores].join(", ")}`),
    ...(monitoring.grafana ? [node("grafana", "box", "Grafana", String(monitoringPorts.grafana))] : []),
  ]);
}

function monitoringLinks(settings: Settings): string[] {
  const { services, monitoring } = settings;
  const asked = services.filter(({ ports }) => ports.metrics !== undefined);
  const watched = ["proxy", ...asked.map(({ name }) => serviceId(name)), "exporters"];
  const stores = storesOf(settings).map((store) => storeIds[store]);
  return [
    link(["prometheus"], watched, { text: ["scrapes"], dotted: true }),
    ...(stores.length === 0 ? [] : [link(["exporters"], stores, { dotted: true })]),
    link(["prometheus"], ["alertmanager"], { text: ["alerts"] }),
    ...(monitoring.grafana ? [link(["grafana"], ["prometheus"])] : []),
  ];
}
