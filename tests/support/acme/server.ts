/** Pebble, the test server of ACME's own authors, in a container. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { makeCertificate } from "../certificates";
import { eventually, freePort } from "../stores";

/** Label of the containers, the image and the network. */
export const acmeLabel = "backline.test=acme";

const image = "backline-test-acme";

/** Both are Debian's: a container reaches its packages where it reaches nothing else. */
const dockerfile = `\
FROM debian:bookworm-slim
LABEL ${acmeLabel}
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends pebble socat > /dev/null
`;

/** Its name on the network. */
const name = "acme";
const acmePort = 14_000;
const managementPort = 15_000;

export interface AcmeServer {
  /** As containers of the network reach it. */
  readonly directory: string;
  /** Authority of the server's own certificate, in PEM form. */
  readonly rootCertificate: string;
  /** The authority that its certificates lead to, in PEM form. */
  root(): Promise<string>;
  /** The authority that signs certificates, likewise. */
  intermediate(): Promise<string>;
  stop(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Starts an ACME server that checks names over the ports 80 and 443, as Let's Encrypt does, and refuses good nonces now
 * and then, as clients must survive.
 * @param network Docker network on which the sites' names resolve.
 * @param validity Seconds that a certificate is good for.
 */
export async function startAcmeServer(network: string, validity: number): Promise<AcmeServer> {
  const folder = await mkdtemp(join(tmpdir(), "backline-acme-"));
  const own = makeCertificate({ names: [name], authority: true });
  const port = await freePort();
  const pebble = {
    listenAddress: `0.0.0.0:${acmePort}`,
    managementListenAddress: `0.0.0.0:${managementPort}`,
    certificate: "/acme/certificate.pem",
    privateKey: "/acme/key.pem",
    httpPort: 80,
    tlsPort: 443,
    certificateValidityPeriod: validity,
  };
  await Promise.all([
    writeFile(join(folder, "certificate.pem"), own.certificate),
    writeFile(join(folder, "key.pem"), own.key),
    writeFile(join(folder, "pebble.json"), JSON.stringify({ pebble })),
    execa("docker", ["build", "--quiet", "--tag", image, "-"], { input: dockerfile }),
  ]);
  const options = ["--detach", "--init", "--label", acmeLabel, "--network", network];
  const run = async (alias: string, ...more: readonly string[]) => {
    const names = ["--name", `${network}-${alias}`, "--network-alias", alias];
    return (await execa("docker", ["run", ...options, ...names, ...more])).stdout;
  };
  const behind = `${name}-behind`;
  const id = await run(
    behind,
    ...["--publish", `127.0.0.1:${port}:${managementPort}`, "--volume", `${folder}:/acme:ro`],
    ...["--env", "PEBBLE_VA_NOSLEEP=1", image, "pebble", "-config", "/acme/pebble.json"],
  );
  // What is stopped stands before it: Pebble itself would forget its accounts, as no real server does.
  const front = await run(
    name,
    ...[image, "socat", `TCP-LISTEN:${acmePort},fork,reuseaddr`, `TCP:${behind}:${acmePort}`],
  );
  const authority = (path: string) => get(port, own.certificate, path);
  const remove = async () => {
    await execa("docker", ["rm", "--force", "--volumes", id, front], { reject: false });
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await eventually("the ACME server answers", () => authority("/roots/0"));
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    directory: `https://${name}:${acmePort}/dir`,
    rootCertificate: own.certificate,
    root: () => authority("/roots/0"),
    intermediate: () => authority("/intermediates/0"),
    stop: async () => void (await execa("docker", ["stop", "--time", "5", front])),
    start: async () => void (await execa("docker", ["start", front])),
    remove,
  };
}

function get(port: number, ca: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port, path, ca, servername: name, agent: false, timeout: 5_000 },
      (response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => {
          body += chunk.toString();
        });
        response.on("error", reject);
        response.on("end", () =>
          response.statusCode === 200
            ? resolve(body)
            : reject(new Error(`${path} answers ${response.statusCode}`)),
        );
      },
    );
    asked.on("timeout", () => asked.destroy(new Error(`${path} does not answer`)));
    asked.on("error", reject);
    asked.end();
  });
}
