/** Two sites behind the real Caddy: an API that says what it was asked, and the front end. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configFiles } from "../../components/proxy";
import { Secret } from "../../components/shared/secret";
import { apiSite, apiUpstream, routingOf } from "./proxy-settings";
import { serveProxy } from "./served-proxy";
import { freePort } from "./stores";

const frontEnd = readFileSync(join(import.meta.dirname, "..", "..", "services", "web", "Caddyfile"), "utf8");

/** Where a client of these tests comes from, seen from inside a container. */
export const neighbours = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

export interface Ports {
  readonly http: number;
  readonly https: number;
  readonly api: number;
  readonly health: number;
  readonly web: number;
  readonly webHealth: number;
}

async function freePorts(): Promise<Ports> {
  const ports = await Promise.all(Array.from({ length: 6 }, freePort));
  const [http = 0, https = 0, api = 0, health = 0, web = 0, webHealth = 0] = ports;
  return { http, https, api, health, web, webHealth };
}

/** An API that says what it was asked, without any security header of its own, behind the front end's real Caddyfile. */
const services = ({ api, health }: Ports) => `${frontEnd.replace("/app/site", "{$LIVE_DIRECTORY}")}
http://:${api} {
	header Set-Cookie "session=secret-of-a-cookie"
	respond /echo "{http.request.body}" 200
	respond \`{"from": "{http.request.header.X-Forwarded-For}"}\` 200
}

http://:${health} {
	respond /health 200
}
`;

/** Serves the two sites through the rendered configuration of keys of `proxy`, as a stack's file has them. */
export async function serveSites(proxy: Record<string, unknown>, sticky = false, bodyLimit = 64 * 1024) {
  const ports = await freePorts();
  const routed = {
    sites: [
      { ...apiSite, hostname: "api.localhost" },
      { ...apiSite, name: "app", hostname: "app.localhost", routes: [{ path: "/", service: "web" }] },
    ],
    upstreams: {
      api: {
        containers: ["127.0.0.1"],
        port: ports.api,
        healthPort: ports.health,
        healthPath: "/health",
        sticky,
        bodyLimit,
      },
      web: { ...apiUpstream, containers: ["127.0.0.1"], port: ports.web, healthPort: ports.webHealth },
    },
  };
  const rendered = (keys: Record<string, unknown>) => {
    const routing = routingOf({ httpPort: ports.http, httpsPort: ports.https, ...keys }, routed);
    return { routing, files: configFiles({ ...routing, nameKey: new Secret("key of the names") }) };
  };
  const { routing, files } = rendered(proxy);
  const served = await serveProxy(routing, services(ports), {
    files: [...files, { name: "index.html", content: "<!doctype html><title>App</title>" }],
    environment: {
      PORT: String(ports.web),
      METRICS_PORT: String(await freePort()),
      HEALTH_PORT: String(ports.webHealth),
      API_URL: "https://api.localhost",
      SOCKET_URL: "wss://api.localhost/ws",
      SOCKET_ORIGIN: "wss://api.localhost",
    },
  });
  const reload = (keys: Record<string, unknown>) => {
    const next = rendered(keys);
    return served.reload(next.routing, next.files);
  };
  return { served, ports, reload };
}
