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
import { Releases } from "../components/release";
import { Migrations, Service } from "../components/service";
import { dockerProviderArgs } from "../components/shared/host";
import { registerCloudflare } from "./cloudflare";
import { deployFrontEnds } from "./front-ends";
import { hostArgs } from "./host";
import { usedImages } from "./images";
import { type Outputs, outputsOf } from "./outputs";
import { planPlatform } from "./plan";
import { migrationsBundle } from "./programs";
import { imagesOf, type WantedRelease } from "./release";
import type { Settings } from "./settings";

/**
 * A running platform from its settings:
 *
 *     Cloudflare -> proxy -> services -> migrations -> PostgreSQL, Redis      monitoring watches all of them
 *     front ends at Vercel, after what their pages talk to
 */
export class Platform extends pulumi.ComponentResource {
  readonly results: Outputs;

  constructor(
    settings: Settings,
    release: WantedRelease,
    root: string,
    warnings: readonly string[],
    options?: pulumi.ComponentResourceOptions,
  ) {
    const plan = planPlatform(settings, release);
    const { context } = plan;
    const { ssh } = context.host;
    const caCertificate = certificatePath(settings, root);
    const prepared = ssh === undefined ? [] : [new HardenedHost("host", ssh, hostArgs(settings)).ready];
    const provider = new docker.Provider(
      "docker",
      { ...dockerProviderArgs(context.host), ...pullArgs(settings.images) },
      { dependsOn: prepared },
    );
    super("backline:stacks:Platform", settings.stack, {}, { ...options, providers: [provider] });
    const child = { parent: this };
    const images = new Images(
      "image",
      {
        host: context.host,
        source: settings.images,
        catalogue: settings.images.catalogue,
        thirdParty: usedImages(settings),
        services: imagesOf(release),
        after: prepared,
      },
      child,
    );
    const networks = new PrivateNetworks("network", { stack: context.stack }, child);
    const connected = { ...child, dependsOn: [...networks.resources] };

    const { host } = context;
    const postgres = new Postgres(
      "postgres",
      { ...context, plan: plan.postgres, image: images.thirdParty("postgres") },
      connected,
    );
    const redis = new Redis(
      "redis",
      { ...context, plan: plan.redis, image: images.thirdParty("redis") },
      connected,
    );
    const migrationsImage = images.service(migrationsBundle);
    const migrations = new Migrations(
      "migrations",
      {
        host,
        plan: plan.migrations,
        image: migrationsImage,
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
          { image: images.service(service.name), after: [migrations.applied, redis.ready] },
          child,
        ),
    );
    const ready = services.flatMap((service) => service.ready);
    const { dns, originCertificate } = registerCloudflare(settings, this);

    const proxy = new ReverseProxy(
      "proxy",
      {
        ...context,
        image: images.thirdParty("caddy"),
        plan: plan.proxy,
        originCertificate,
        after: ready,
        caCertificate,
      },
      connected,
    );
    const frontEnds = deployFrontEnds(
      settings,
      plan.frontEnds,
      {
        prebuilt: release.frontEnds,
        held: release.bundles === undefined,
        after: [...ready, proxy],
      },
      child,
    );
    const releases = new Releases(
      "release",
      {
        host,
        release,
        rollback: release.bundles === undefined,
        image: migrationsImage,
        after: [...ready, proxy, ...frontEnds],
      },
      child,
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

    this.results = outputsOf(plan, releases.records, caCertificate, warnings, dns?.nameServers);
    this.registerOutputs({});
  }
}

/** Where clients on this machine find the certificate of the proxy's own authority. */
function certificatePath({ stack, proxy }: Settings, root: string): string | undefined {
  return proxy.certificates.kind === "internal" ? join(root, ".backline", stack, "ca.crt") : undefined;
}
