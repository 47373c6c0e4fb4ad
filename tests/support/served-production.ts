/** The proxy of the production stack of tests/golden/audifi-production, with a certificate that was made for it. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { configFiles, type ProxyRouting } from "../../components/proxy";
import { Secret } from "../../components/shared/secret";
import { settingsOf } from "./plans";
import { type ServedProxy, serveProxy } from "./served-proxy";
import { makeSignedCertificate, type SignedCertificate } from "./signed-certificate";

const root = join(import.meta.dirname, "..", "..");
const read = (...path: string[]): string => readFileSync(join(root, ...path), "utf8");
const settings = settingsOf(read("tests", "golden", "audifi-production", "stack.yaml"), "production");

export interface Production {
  readonly served: ServedProxy;
  /** Docker network that it is served on, from which nothing else is reached. */
  readonly network: string;
  readonly routing: ProxyRouting;
  readonly authority: SignedCertificate["authority"];
  /** Removes the network, too: others on it have left. */
  remove(): Promise<void>;
}

/** What is rendered, but for the certificate, which comes from Let's Encrypt there. */
function routingWith({ certificate, key }: SignedCertificate): ProxyRouting {
  const upstreams = settings.services.map(
    ({ name, ports, replicas, sticky, bodyLimit }): [string, ProxyRouting["upstreams"][string]] => [
      name,
      {
        containers: Array.from({ length: replicas }, () => "127.0.0.1"),
        port: ports.traffic ?? 0,
        healthPort: ports.health ?? 0,
        healthPath: "/health",
        sticky,
        bodyLimit,
      },
    ],
  );
  return {
    ...settings.proxy,
    certificates: { kind: "files", certificate, key: new Secret(key) },
    sites: settings.sites,
    upstreams: Object.fromEntries(upstreams),
  };
}

/** Long enough to be compressed. */
const text = "An answer of a service. ".repeat(50);

/** The front end's real Caddyfile, whose health endpoint serves for all; the others say a text, without any header. */
function servicesOf({ upstreams }: ProxyRouting): string {
  const others = Object.entries(upstreams).filter(([name]) => name !== "web");
  return [
    read("services", "web", "Caddyfile").replace("/app/site", "{$LIVE_DIRECTORY}"),
    ...others.map(
      ([, { port }]) =>
        `http://:${port} {\n\theader Content-Type application/json\n\trespond \`{"text": "${text}"}\`\n}\n`,
    ),
  ].join("\n");
}

/** Serves it on a network of Docker that is made for it, at the ports that it has in production. */
export async function serveProduction(): Promise<Production> {
  const [first, ...others] = settings.sites.map(({ hostname }) => hostname);
  if (first === undefined) throw new Error("production has no site");
  const made = makeSignedCertificate([first, ...others]);
  const routing = routingWith(made);
  const files = configFiles({ ...routing, nameKey: settings.secrets.nameKey });
  const page = { name: "index.html", content: `<!doctype html><title>App</title><p>${text}</p>` };
  const network = `backline-production-${randomUUID().slice(0, 8)}`;
  const removeNetwork = () => execa("docker", ["network", "rm", network], { reject: false });
  await execa("docker", ["network", "create", "--internal", "--label", "backline.test=golden", network]);
  try {
    const served = await serveProxy(routing, servicesOf(routing), {
      files: [...files, page],
      environment: {
        API_URL: `https://${first}`,
        SOCKET_URL: `wss://${first}/ws`,
        SOCKET_ORIGIN: `wss://${first}`,
      },
      network,
    });
    const remove = async () => {
      await served.remove();
      await removeNetwork();
    };
    return { served, network, routing, authority: made.authority, remove };
  } catch (error) {
    await removeNetwork();
    throw error;
  }
}
