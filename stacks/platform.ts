import { join } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { HardenedHost } from "../components/host";
import { Images, pullArgs } from "../components/images";
import { Monitoring } from "../components/monitoring";
import { PrivateNetworks } from "../components/network";
import { Postgres } from "../components/postgres";
import { ReverseProxy } from "../components/proxy";
import { Redis } from "../components/redis";
import { Migrations, Service } from "../components/service";
import { dockerProviderArgs } from "../components/shared/host";
import { type Bundles, migrationsBundle } from "./bundles";
import { hostArgs } from "./host";
import { usedImages } from "./images";
import { type Outputs, outputsOf } from "./outputs";
import { planPlatform } from "./plan";
import type { Settings } from "./settings";

/**
 * A running platform from its settings:
 *
 *     proxy -> services -> migrations -> PostgreSQL, Redis      monitoring watches all of them
 */
export class Platform extends pulumi.ComponentResource {
  readonly results: Outputs;

  constructor(settings: Settings, bundles: Bundles, root: string, warnings: readonly string[]) {
    const plan = planPlatform(settings, bundles);
    const { context } = plan;
    const { ssh } = context.host;
    const caCertificate = certificatePath(settings, root);
    const prepared = ssh === undefined ? [] : [new HardenedHost("host", ssh, hostArgs(settings)).ready];
    const provider = new docker.Provider(
      "docker",
      { ...dockerProviderArgs(context.host), ...pullArgs(settings.images) },
      { dependsOn: prepared },
    );
    super("backline:stacks:Platform", settings.stack, {}, { providers: [provider] });
    const child = { parent: this };
    const images = new Images(
      "image",
      {
        host: context.host,
        source: settings.images,
        catalogue: settings.images.catalogue,
        thirdParty: usedImages(settings),
        bundles: Object.values(bundles),
        after: prepared,
      },
      child,
    );
    const image = (name: string) => {
      const made = bundles[name];
      if (!made) throw new Error(`the service ${name} was not bundled`);
      return images.bundled(made);
    };
    const networks = new PrivateNetworks("network", { stack: context.stack }, child);
    const connected = { ...child, dependsOn: [...networks.resources] };

    const { host } = context;
    const postgres = new Postgres(
      "postgres",
      { host, plan: plan.postgres, image: images.thirdParty("postgres") },
      connected,
    );
    const redis = new Redis(
      "redis",
      { host, plan: plan.redis, image: images.thirdParty("redis") },
      connected,
    );
    const migrations = new Migrations(
      "migrations",
      {
        host,
        plan: plan.migrations,
        image: image(migrationsBundle),
        database: postgres.container.id,
        after: [postgres.ready],
      },
      child,
    );
    const services = plan.services.map(
      (service) =>
        new Service(
          service.name,
          host,
          service,
          { image: image(service.name), after: [migrations.applied, redis.ready] },
          child,
        ),
    );
    const ready = services.flatMap((service) => service.ready);

    new ReverseProxy(
      "proxy",
      {
        ...context,
        image: images.thirdParty("caddy"),
        plan: plan.proxy,
        after: ready,
        caCertificate,
      },
      connected,
    );
    if (plan.monitoring)
      new Monitoring(
        "monitoring",
        {
          ...context,
          plan: plan.monitoring,
          image: (name) => images.thirdParty(name),
          after: [...ready, postgres.ready, redis.ready],
        },
        connected,
      );

    this.results = outputsOf(plan, caCertificate, warnings);
    this.registerOutputs({});
  }
}

/** Where clients on this machine find the certificate of the proxy's own authority. */
function certificatePath({ stack, proxy }: Settings, root: string): string | undefined {
  return proxy.certificates.kind === "internal" ? join(root, ".backline", stack, "ca.crt") : undefined;
}
