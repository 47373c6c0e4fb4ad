import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Image } from "../shared/context";
import { gate } from "../shared/gate";
import { type Host, hostCommand, operatorCommand } from "../shared/host";
import { liveConfig } from "../shared/live-config";
import { once, runContainer } from "../shared/run-container";
import type { Secret } from "../shared/secret";
import { commandLine, quote } from "../shared/shell";
import { taskCommand } from "../shared/task";
import { awaitFirstCertificates } from "./certificates";
import { originFiles } from "./files";
import { type ProxyPlan, proxyOwner } from "./plan";
import { routeTo } from "./upstreams";

export interface OriginCertificateFiles {
  readonly certificate: pulumi.Input<string>;
  readonly key: pulumi.Input<string>;
}

export interface ProxyArgs {
  readonly host: Host;
  readonly nameKey: Secret;
  readonly image: Image;
  readonly plan: ProxyPlan;
  /** For `certificates: cloudflare`: the certificate and its key, in PEM form. */
  readonly originCertificate: OriginCertificateFiles | undefined;
  /** What must answer before requests are sent to it: the gates of the services. */
  readonly after: readonly pulumi.Resource[];
  /** Where to put the internal CA's certificate on this machine, for clients; undefined with public certificates. */
  readonly caCertificate: string | undefined;
}

/** Caddy: the only container that publishes ports. */
export class ReverseProxy extends pulumi.ComponentResource {
  constructor(name: string, args: ProxyArgs, options?: pulumi.ComponentResourceOptions) {
    super("backline:proxy:ReverseProxy", name, {}, options);
    const child = { parent: this };
    const { host, plan, image } = args;
    const { reference } = image;
    const volume = new docker.Volume(
      `${name}-data`,
      { name: plan.volume.name, labels: plan.volume.labels },
      { ...child, retainOnDelete: true },
    );
    const owned = hostCommand(
      `${name}-data-owner`,
      host,
      { create: dataOwnerScript(host.stack, plan.volume.name, reference), triggers: [volume.id] },
      { ...child, dependsOn: [image.resource] },
    );
    const routed = routeTo(`${name}-upstreams`, host, plan.upstreams, reference, {
      ...child,
      dependsOn: [image.resource, ...args.after],
    });
    const { originCertificate } = args;
    const late =
      originCertificate === undefined
        ? []
        : [
            { name: originFiles.certificate.name, content: originCertificate.certificate },
            { name: originFiles.key.name, content: originCertificate.key },
          ];
    const config = liveConfig(
      `${name}-config`,
      host,
      args.nameKey,
      plan.config,
      reference,
      { ...child, dependsOn: [image.resource, routed] },
      late,
    );
    const container = runContainer(name, plan.container, image, {
      ...child,
      ...once,
      dependsOn: [config, owned],
    });
    const ready = gate(
      `${name}-gate`,
      host,
      { container: plan.container.name, probe: plan.container.spec.health.test, timeout: 60 },
      container.id,
      child,
    );
    if (plan.config.settle !== undefined)
      hostCommand(
        `${name}-certificates`,
        host,
        {
          create: awaitFirstCertificates(plan.container.name, plan.config.settle),
          triggers: [container.id],
        },
        { ...child, dependsOn: [ready] },
      );
    if (args.caCertificate !== undefined)
      operatorCommand(
        `${name}-ca-certificate`,
        host,
        { create: exportCertificate(plan.container.name, args.caCertificate), triggers: [container.id] },
        { ...child, dependsOn: [ready] },
      );
    this.registerOutputs({});
  }
}

/** Where Caddy keeps the certificate of its own authority. */
const root = "/data/caddy/pki/authorities/local/root.crt";

/** A new volume and what the image puts there belong to root; Caddy does not run as root. */
export function dataOwnerScript(stack: string, volume: string, image: string): string {
  return taskCommand({
    stack,
    image,
    entrypoint: "/bin/chown",
    arguments: ["-R", proxyOwner, "/data"],
    options: ["--network", "none", "--user", "0:0", "--volume", `${volume}:/data`],
    capabilities: ["CHOWN", "DAC_OVERRIDE"],
  });
}

/** Copies the root certificate, which is public, to a file of the machine that runs Pulumi, whole or not at all. */
function exportCertificate(container: string, path: string): string {
  const read = quote(commandLine(["docker", "exec", container, "cat", root]));
  return [
    `mkdir -p "$(dirname ${quote(path)})"`,
    `for try in 1 2 3 4 5 6 7 8 9 10; do`,
    `  if on_host ${read} > ${quote(`${path}.part`)} 2> /dev/null < /dev/null; then mv -f ${quote(`${path}.part`)} ${quote(path)}; exit 0; fi`,
    "  sleep 1",
    "done",
    `echo "the proxy has made no certificate authority" >&2; exit 1`,
  ].join("\n");
}
