/** Caddy's image with a rendered configuration, and stand-ins for the services behind it. */
import { randomUUID } from "node:crypto";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { execa } from "execa";
import { catalogue } from "../../components/images";
import { type ProxyRouting, renderCaddyfile } from "../../components/proxy";
import { planUpstreams, upstreamsPath } from "../../components/proxy/upstreams";
import type { FileSpec } from "../../components/shared/files";
import { reveal } from "../../components/shared/files";
import { eventually } from "./stores";

const image = `${catalogue.caddy.repository}:${catalogue.caddy.tag}`;

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ServedProxy {
  /** Where it listens: 127.0.0.1, or its address on the network. */
  readonly address: string;
  /** Asks one site over HTTPS; its certificate is not looked at. */
  https(hostname: string, path: string, asked?: Asked): Promise<Answer>;
  /** Asks over plain HTTP. */
  http(hostname: string, path: string): Promise<Answer>;
  /** What the proxy has logged until now, each line an object. */
  logs(): Promise<Record<string, unknown>[]>;
  /** What its own API says at a path, as parsed JSON. */
  admin(path: string): Promise<unknown>;
  /** Takes up another configuration by a graceful reload; rejects when it is refused. */
  reload(routing: ProxyRouting, files: readonly FileSpec[]): Promise<void>;
  remove(): Promise<void>;
}

/** The directory of the configuration, as the shell of its container writes into it what comes over its input. */
const receive = [
  "mkdir -p /tmp/served; cd /tmp/served",
  'while read -r name data; do printf %s "$data" | base64 -d > "$name"; done',
  "export LIVE_DIRECTORY=$PWD XDG_DATA_HOME=$PWD/data XDG_CONFIG_HOME=$PWD/config",
];

const linesOf = (files: readonly FileSpec[]): string =>
  files.map(({ name, content }) => `${name} ${Buffer.from(reveal(content)).toString("base64")}\n`).join("");

/** Asks a port of an address for a site. */
function ask(
  make: typeof httpsRequest | typeof httpRequest,
  address: string,
  port: number,
  hostname: string,
  path: string,
  { method = "GET", headers = {}, body = "" }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: address,
      port,
      path,
      method,
      servername: hostname,
      rejectUnauthorized: false,
      agent: false,
      headers: { host: `${hostname}:${port}`, ...headers },
    };
    const request = make(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

interface ServeOptions {
  /** Those that the configuration refers to. */
  readonly files?: readonly FileSpec[];
  /** Variables of `services`. */
  readonly environment?: Record<string, string>;
  /** Docker network to serve on, so that the ports of this machine do not matter; default: on ports of 127.0.0.1. */
  readonly network?: string;
}

/** Address of a container on its one network, once it has started. Linux reaches it. */
const addressOf = (name: string): Promise<string> =>
  eventually("the proxy has an address", async () => {
    const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    const { stdout } = await execa("docker", ["inspect", "--format", format, name]);
    if (stdout === "") throw new Error("none yet");
    return stdout;
  });

/** Serves a configuration. `services` is a Caddyfile of what stands behind the proxy, in the same container. */
export async function serveProxy(
  routing: ProxyRouting,
  services: string,
  { files = [], environment = {}, network }: ServeOptions = {},
): Promise<ServedProxy> {
  const name = `backline-proxy-${randomUUID().slice(0, 8)}`;
  const written = [
    { name: "Caddyfile", content: renderCaddyfile(routing) },
    { name: "services.Caddyfile", content: services },
    ...files,
  ];
  const script = [
    ...receive,
    ...Object.entries(planUpstreams(routing.upstreams)).map(
      ([file, container]) => `mkdir -p ${upstreamsPath}; printf %s ${container} > ${upstreamsPath}/${file}`,
    ),
    "caddy run --adapter caddyfile --config services.Caddyfile > /dev/null 2>&1 &",
    "exec caddy run --adapter caddyfile --config Caddyfile 2>&1",
  ].join("\n");
  const { httpPort, httpsPort } = routing;
  const published = [`${httpPort}:${httpPort}`, `${httpsPort}:${httpsPort}`, `${httpsPort}:${httpsPort}/udp`];
  const reached =
    network === undefined
      ? published.flatMap((ports) => ["--publish", `127.0.0.1:${ports}`])
      : ["--network", network];
  const variables = Object.entries(environment).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
  const container = execa(
    "docker",
    [
      ...["run", "--rm", "--interactive", "--name", name, "--label", "backline.test=golden"],
      ...reached,
      ...variables,
      ...["--entrypoint", "/bin/sh", image, "-euc", script],
    ],
    { input: linesOf(written), reject: false, buffer: false },
  );
  let output = "";
  container.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const remove = async () => {
    await execa("docker", ["rm", "--force", "--volumes", name], { reject: false });
    await container;
  };
  const [first] = routing.sites;
  const ended = container.then(() => {
    throw new Error(`the proxy has ended: ${output}`);
  });
  // Once it serves, its end is what `remove` asks for.
  ended.catch(() => undefined);
  let address = "127.0.0.1";
  const https: ServedProxy["https"] = (hostname, path, asked) =>
    ask(httpsRequest, address, httpsPort, hostname, path, asked);
  try {
    if (network !== undefined) address = await Promise.race([addressOf(name), ended]);
    // Until the site has its certificate, and its service is known to be there.
    const serves = eventually("the proxy serves", async () => {
      const { status } = await https(first?.hostname ?? "", "/");
      if (status === 502 || (status === 503 && routing.maintenance === undefined))
        throw new Error(`the proxy answers ${status}: ${output}`);
    });
    await Promise.race([serves, ended]);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    address,
    https,
    http: (hostname, path) => ask(httpRequest, address, httpPort, hostname, path),
    logs: async () =>
      output
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    admin: async (path) => {
      const { stdout } = await execa("docker", [
        "exec",
        name,
        "wget",
        "-qO-",
        `http://localhost:2019${path}`,
      ]);
      return JSON.parse(stdout);
    },
    reload: async (next, others) => {
      const command = [...receive, "caddy reload --adapter caddyfile --config Caddyfile"].join("\n");
      const input = linesOf([{ name: "Caddyfile", content: renderCaddyfile(next) }, ...others]);
      await execa("docker", ["exec", "--interactive", name, "/bin/sh", "-euc", command], { input });
    },
    remove,
  };
}
