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
import { ownImages, usedImages } from "./images";
import { type Outputs, outputsOf } from "./outputs";
import { planPlatform } from "./plan";
import { imagesOf, type WantedRelease } from "./release";
import { migrationsName } from "./release-parts";
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
        own: Object.keys(ownImages(settings)).flatMap((name) => release.images[name] ?? []),
        after: prepared,
      },
      child,
    );
    const networks = new PrivateNetworks("network", { stack: context.stack }, child);
    const connected = { ...child, dependsOn: [...networks.resources] };

    const { host } = context;
    // The proxy's image, which every stack has, has a shell.
    const writer = images.thirdParty("caddy");
    const postgres =
      plan.postgres &&
      new Postgres(
        "postgres",
        { ...context, plan: plan.postgres, image: images.thirdParty("postgres") },
        connected,
      );
    const redis =
      plan.redis &&
      new Redis("redis", { ...context, plan: plan.redis, image: images.thirdParty("redis") }, connected);
    const stores = [postgres, redis].flatMap((store) => (store ? [store.ready] : []));
    const migrations =
      plan.migrations &&
      new Migrations(
        "migrations",
        {
          host,
          plan: plan.migrations,
          image: images.service(migrationsName),
          writer,
          triggers: postgres ? [postgres.container.id] : [],
          after: [...networks.resources, ...stores],
        },
        child,
      );
    const prepare = [...networks.resources, ...stores, ...(migrations ? [migrations.applied] : [])];
    const services = plan.services.map(
      (service) =>
        new Service(
          service.name,
          host,
          service,
          { image: images.service(service.name), writer, after: prepare },
          child,
        ),
    );
    const ready = services.flatMap((service) => service.ready);
    const { dns, originCertificate } = registerCloudflare(settings, this);

    const proxy = new ReverseProxy(
      "proxy",
      {
        ...context,
        image: writer,
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
        image: writer,
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
          after: [...ready, ...stores],
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
