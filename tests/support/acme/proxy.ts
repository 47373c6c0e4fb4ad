/** The proxy as a stack has it, with the scripts that a deploy runs, on networks of a test's own. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { catalogue } from "../../../components/images";
import { type ProxyRouting, planProxy } from "../../../components/proxy";
import { awaitCertificates, awaitFirstCertificates } from "../../../components/proxy/certificates";
import { dataOwnerScript } from "../../../components/proxy/component";
import { routeScript } from "../../../components/proxy/upstreams";
import { inDirectory } from "../../../components/shared/files";
import { gateScript } from "../../../components/shared/gate";
import { liveConfigCommand, withVersion } from "../../../components/shared/live-config";
import { Secret } from "../../../components/shared/secret";
import { runPlanned } from "../docker-run";
import { freePort } from "../stores";
import { acmeLabel } from "./server";

const image = `${catalogue.caddy.repository}:${catalogue.caddy.tag}`;
const nameKey = new Secret("key of the names");
const docker = async (...args: string[]) => (await execa("docker", args)).stdout;

/** How often Caddy looks whether a certificate is to be renewed: every ten minutes, unless it is told. */
const renewInterval = "renew_interval 1s";

/** Seconds that a deploy waits for certificates. */
const patience = 15;

function plan(stack: string, directory: string, routing: ProxyRouting) {
  const planned = planProxy({
    ...{ stack, nameKey, memory: 256, cpu: 1, imageReference: image },
    host: { stack, directory, ssh: undefined },
    networks: { edge: `${stack}-edge`, data: `${stack}-data`, monitoring: `${stack}-monitoring` },
    ...routing,
  });
  const files = planned.config.files.map(({ name, content }) => {
    if (name !== "Caddyfile") return { name, content };
    const text = String(content).replace("{\n", `{\n\t${renewInterval}\n`);
    if (!text.includes(renewInterval)) throw new Error("the Caddyfile has no global options");
    return { name, content: text };
  });
  return { ...planned, config: { ...planned.config, files, settle: awaitCertificates(routing, patience) } };
}

/** What stands behind the proxy, on the ports of `apiUpstream`. */
const services = `{
	admin off
}
http://:3000 {
	respond "served"
}
http://:3091 {
	respond /health 200
}
`;

/** A name that leads to what stands behind the proxy, where nobody answers the ACME server. */
export const elsewhere = "new.backline.test";

export class ProxyOfStack {
  readonly stack = `acme-${randomUUID().slice(0, 8)}`;
  readonly edge = `${this.stack}-edge`;
  #httpsPort = 0;
  #directory = "";
  #container = "";

  /** Port of 127.0.0.1 on which it serves HTTPS. */
  get httpsPort(): number {
    return this.#httpsPort;
  }

  /** Makes the networks, the volume and the services behind the proxy. */
  async prepare(): Promise<void> {
    this.#directory = await mkdtemp(join(tmpdir(), "backline-acme-stack-"));
    this.#httpsPort = await freePort();
    for (const name of ["edge", "monitoring"])
      await docker("network", "create", "--label", acmeLabel, `${this.stack}-${name}`);
    const volume = `${this.stack}-proxy-data`;
    await docker("volume", "create", "--label", acmeLabel, volume);
    await this.#sh(dataOwnerScript(this.stack, volume, image));
    await docker(
      ...["run", "--detach", "--name", this.service, "--label", acmeLabel, "--network", this.edge],
      ...["--network-alias", elsewhere],
      ...["--env", `CONFIG=${services}`, "--entrypoint", "/bin/sh", image, "-euc"],
      'printf %s "$CONFIG" > /tmp/Caddyfile; exec caddy run --adapter caddyfile --config /tmp/Caddyfile',
    );
  }

  /** Name of the container behind the proxy. */
  get service(): string {
    return `${this.stack}-api`;
  }

  /** Writes the routes and the configuration, as the first commands of a deploy do; rejects with what they say. */
  async configure(routing: ProxyRouting): Promise<void> {
    const planned = plan(this.stack, this.#directory, routing);
    const host = { stack: this.stack, directory: this.#directory, ssh: undefined };
    await this.#sh(inDirectory(host, image, routeScript(planned.upstreams)));
    const { create } = liveConfigCommand(host, planned.config, image);
    await this.#sh(create, withVersion(nameKey, planned.config.files));
  }

  /** Makes the container, in the place of one that is there, and waits for it as a deploy does. */
  async run(routing: ProxyRouting): Promise<void> {
    const planned = plan(this.stack, this.#directory, routing);
    if (this.#container !== "") await docker("rm", "--force", this.#container);
    this.#container = await runPlanned(planned.container, {
      labels: [acmeLabel],
      aliases: routing.sites.map(({ hostname }) => hostname),
      published: [`127.0.0.1:${this.#httpsPort}:${routing.httpsPort}`],
    });
    const { name, spec } = planned.container;
    await this.#sh(gateScript({ container: name, probe: spec.health.test, timeout: 60 }));
    await this.#sh(awaitFirstCertificates(name, planned.config.settle ?? ""));
  }

  /** The configuration that is in force, as the proxy's own interface tells it. */
  async configuration(): Promise<string> {
    return docker("exec", this.#container, "wget", "-q", "-O", "-", "http://localhost:2019/config/");
  }

  async remove(): Promise<void> {
    const label = `label=${acmeLabel}`;
    const mine = `name=${this.stack}`;
    const ids = (await docker("ps", "--all", "--quiet", "--filter", label, "--filter", mine)).split("\n");
    await execa("docker", ["rm", "--force", "--volumes", ...ids.filter((id) => id !== "")], {
      reject: false,
    });
    await execa("docker", ["volume", "rm", "--force", `${this.stack}-proxy-data`], { reject: false });
    for (const name of ["edge", "monitoring"])
      await execa("docker", ["network", "rm", `${this.stack}-${name}`], { reject: false });
    // Files of the configuration belong to the proxy's user, so a container removes them.
    const host = { stack: "", directory: this.#directory, ssh: undefined };
    await this.#sh(inDirectory(host, image, "rm -rf /files/*"));
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Runs a script as a deploy does on this machine. */
  async #sh(script: string, input = ""): Promise<void> {
    await execa("sh", ["-c", `set -eu\n${script}`], { input });
  }
}
