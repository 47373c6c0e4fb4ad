import { z } from "zod";
import { catalogue } from "../../components/images/catalogue";
import { cloudflareFields } from "./cloudflare-fields";
import { featureFields } from "./feature-fields";
import {
  address,
  bytes,
  count,
  cpu,
  domainOrNone,
  image,
  memory,
  plainText,
  port,
  registry,
  registryAddress,
  releasedImage,
  repository,
  timeout,
  userName,
  wait,
} from "./fields";
import { hostKey, identityFile, publicKey, ranges, timeZone } from "./host-fields";
import { proxyFields } from "./proxy-fields";
import { rotationFields } from "./rotation-fields";
import type { SecretName } from "./secret-names";
import { siteFields } from "./site-fields";
import { alertUrl } from "./url-fields";
import { vercelFields } from "./vercel-fields";

/** Names of the third-party images that a stack may replace. */
export const imageNames = Object.keys(catalogue) as (keyof typeof catalogue)[];

/**
 * What `Pulumi.<stack>.yaml` may hold under `backline:`. Every key is optional: what is left out comes from the
 * system's description. The descriptions here are the documentation (docs/configuration.md is made from them).
 */
export const stackConfig = z.strictObject({
  system: z
    .string()
    .optional()
    .describe("Name of the system to run: a file in stacks/systems (docs/own-systems.md). Default `audifi`."),
  domain: domainOrNone()
    .optional()
    .describe("Base domain; sites are below it unless `sites` says otherwise. Default `<system>.localhost`."),
  sites: siteFields,
  vercel: vercelFields,
  host: z
    .strictObject({
      address: address()
        .optional()
        .describe("Address that SSH connects to. Default: Docker on this machine."),
      user: userName()
        .optional()
        .describe(
          "Admin user, who is made on the host, and the only one who may sign in then. Default `ops`.",
        ),
      port: port().optional().describe("Port that the SSH server is given. Default 22."),
      memory: memory()
        .optional()
        .describe("Memory of the host, for the budget. Default from the system: `16Gi`."),
      cpus: cpu().optional().describe("Cores of the host, for the budget. Default from the system: 4."),
      directory: z
        .string()
        .regex(/^(\/[A-Za-z0-9._-]+)+$/, {
          error: (issue) =>
            `${JSON.stringify(issue.input)} is not an absolute path of letters, digits, ".", "_" and "-"; write one such as "/var/lib/backline"`,
        })
        .refine((value) => !value.split("/").includes(".."), {
          error: (issue) => `${JSON.stringify(issue.input)} goes up with ".."; write a plain absolute path`,
        })
        .optional()
        .describe("Directory on the host for configuration and secret files. Default `/var/lib/backline`."),
      hostKey: hostKey()
        .optional()
        .describe(
          "The host's public key, `ssh-ed25519 AAAA...`; no other is accepted. `./backline host trust <stack>` reads it from the host. Needed to deploy.",
        ),
      identityFile: identityFile()
        .optional()
        .describe(
          "File of the private key that signs in, on the machine that runs Pulumi: `~/.ssh/id_ed25519`. Default: the SSH agent's keys, or those that `ssh` finds by itself.",
        ),
      firstUser: userName()
        .optional()
        .describe(
          "Who signs in to a blank host, until `user` can: root, or a user whose sudo asks for no password. Default `root`.",
        ),
      firstPort: port().optional().describe("Port of a blank host's SSH server. Default 22."),
      publicKeys: z
        .array(publicKey())
        .optional()
        .describe(
          "Public keys that sign in as `host.user`, each the line of a `.pub` file. Ed25519, or RSA of 3072 bits or more. Needed to deploy.",
        ),
      sshAllow: ranges()
        .optional()
        .describe(
          "Ranges that SSH is reached from, without a rate limit: `[203.0.113.7/32]`. Default: any address, with a rate limit.",
        ),
      timeZone: timeZone().optional().describe("Time zone of the host. Default `Etc/UTC`."),
      swap: memory().optional().describe("Size of the host's swap file. Default `2Gi`."),
      webFrom: z
        .enum(["anywhere", "cloudflare"])
        .optional()
        .describe(
          "Who reaches the proxy's ports: `anywhere`, or Cloudflare's addresses alone. Default `anywhere`.",
        ),
      container: z
        .boolean()
        .optional()
        .describe(
          "Whether the host is a container: what concerns the whole kernel is left out. Default false.",
        ),
    })
    .optional()
    .describe("The machine that runs the containers, and its size."),
  images: z
    .strictObject({
      registry: registry()
        .optional()
        .describe("Prefix of every third-party image: a pull-through mirror. Default none."),
      source: z
        .enum(["registry", "local"])
        .optional()
        .describe(
          "`registry`: third-party images are pulled by the host, by digest where the catalogue has one. `local`: they are on this machine under their names (built by `up`, or loaded by hand); a host elsewhere is sent what it lacks over SSH. Default `registry`.",
        ),
      bundled: z
        .enum(["build", "send", "registry"])
        .optional()
        .describe(
          "How images of the bundled services reach the host. `build`: the host builds them, and needs nothing else. `send`: built by Docker on this machine and sent over SSH; needs a host elsewhere. `registry`: built here, pushed to `images.repository`, pulled by the host; needs `docker login` here. docs/images.md compares them. Default `build`.",
        ),
      repository: repository()
        .optional()
        .describe("Where `images.bundled: registry` pushes to: `registry.example.com/team`. Default none."),
      logins: z
        .array(registryAddress())
        .optional()
        .describe(
          "Registries that ask who pulls: `[registry.example.com]`. The credentials are those of `docker login` on the machine that runs Pulumi. Default none.",
        ),
      unavailable: z
        .array(z.enum(["grafana"]))
        .optional()
        .describe("Images that cannot be had; what needs them is left out with a warning. Default none."),
      override: z
        .partialRecord(z.enum(imageNames), image())
        .optional()
        .describe(
          "Another image for a part, by the catalogue's name: `postgres: postgres:15.21-bookworm`. Default none.",
        ),
    })
    .optional()
    .describe("Where images come from, and how they reach the host."),
  release: z
    .strictObject({
      id: plainText().optional().describe("Its id, as `./backline releases <stack>` prints it."),
      images: z
        .record(z.string(), releasedImage())
        .optional()
        .describe("The image of each service and of the `migrations`."),
      migration: plainText().optional().describe("Name of its last migration."),
    })
    .optional()
    .describe(
      "The release that the stack is held at, whatever the sources are. `./backline rollback <stack>` writes it, and `./backline deploy <stack>` takes it out again. Default: what the sources are.",
    ),
  proxy: proxyFields,
  cloudflare: cloudflareFields,
  services: z
    .record(
      z.string(),
      z.strictObject({
        image: image()
          .optional()
          .describe(
            "Version that runs of a service from an image: `registry.example.com/team/shop:1.4.3`. A change replaces the replicas. Default from the system.",
          ),
        environment: z
          .record(z.string(), z.string())
          .optional()
          .describe(
            "Variables of a service from an image, added to those of the system: `LOG_LEVEL: debug`. Nothing secret. A change replaces the replicas.",
          ),
        replicas: count(1, 32).optional().describe("Containers of the service."),
        memory: memory().optional().describe("Memory limit of one replica. A change replaces the replicas."),
        cpu: cpu().optional().describe("CPU limit of one replica. A change replaces the replicas."),
        update: z
          .enum(["start-first", "stop-first"])
          .optional()
          .describe(
            "Order of a rollout: new replicas beside the old ones, or after them. Default `start-first`.",
          ),
        drain: wait(12)
          .optional()
          .describe("Time that open requests and sockets get on shutdown, at most `12h`. Default `20s`."),
        stopGrace: wait(24)
          .optional()
          .describe(
            "Time from SIGTERM to SIGKILL, at most `24h`; at least the drain and 5 s. Default `drain` + 5 s.",
          ),
        startTimeout: wait(24, timeout())
          .optional()
          .describe("Time that a new replica has to become ready, at most `24h`. Default `60s`."),
        bodyLimit: bytes()
          .optional()
          .describe(
            "Size of a request's body, over which the proxy answers 413. Default from the system, else `1Mi`.",
          ),
        poolSize: count(1, 500).optional().describe("PostgreSQL connections of one replica. Default 8."),
        logLevel: z
          .enum(["debug", "info", "warn", "error"])
          .optional()
          .describe("Least severity that is logged. Default `info`."),
      }),
    )
    .optional()
    .describe("Sizes and behaviour of the system's services, by name."),
  postgres: z
    .strictObject({
      memory: memory()
        .optional()
        .describe("Memory limit; a quarter becomes shared_buffers. A change restarts the store."),
      cpu: cpu().optional().describe("CPU limit. A change restarts the store."),
      maxConnections: count(10, 2000).optional().describe("max_connections. Default 100."),
    })
    .optional()
    .describe("PostgreSQL."),
  redis: z
    .strictObject({
      memory: memory()
        .optional()
        .describe("Memory limit; three quarters become maxmemory. A change restarts the store."),
      cpu: cpu().optional().describe("CPU limit. A change restarts the store."),
      evictionPolicy: z
        .enum(["noeviction", "allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-lfu", "volatile-ttl"])
        .optional()
        .describe("maxmemory-policy. A system with a job queue needs `noeviction`, the default."),
    })
    .optional()
    .describe("Redis."),
  monitoring: z
    .strictObject({
      enabled: z
        .boolean()
        .optional()
        .describe("Whether Prometheus, Alertmanager, the exporters and Grafana run. Default true."),
      grafana: z.boolean().optional().describe("Whether Grafana runs. Default true."),
      retention: timeout().optional().describe("How long Prometheus keeps samples. Default `15d`."),
      alertWebhook: alertUrl().optional().describe("URL that Alertmanager posts alerts to. Default none."),
    })
    .optional()
    .describe("Monitoring."),
  ...featureFields,
  secrets: z
    .object({
      nameKey: z.string().optional().describe("Key of the hashes in names that are made from secrets."),
      jwtSecret: z.string().optional().describe("Key that signs access tokens."),
      postgresAdminPassword: z.string().optional().describe("Password of PostgreSQL's superuser `postgres`."),
      postgresPassword: z.string().optional().describe("Password of the services' role."),
      postgresMonitoringPassword: z.string().optional().describe("Password of the exporter's role."),
      redisPassword: z.string().optional().describe("Password of Redis."),
      grafanaPassword: z.string().optional().describe("Password of Grafana's user `admin`."),
    } satisfies Record<SecretName, z.ZodType>)
    // Those that the system's description declares; `resolveSecrets` refuses all others.
    .catchall(z.string())
    .optional()
    .describe(
      "Secrets, each encrypted by Pulumi: those of the parts below that the system has, and its own by their names. `./backline init <stack>` generates what it can.",
    ),
  rotation: rotationFields,
});

export type StackConfig = z.output<typeof stackConfig>;
