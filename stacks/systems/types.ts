import type { Bytes, Cpu, Duration, Memory } from "../../components/shared/units";
import type { ServiceName } from "../../services/contract/environment";

/** Memory and CPU that a container may use at most. */
export interface Size {
  readonly memory: Memory;
  readonly cpu: Cpu;
}

/** Something that a service talks to on the data network. */
export type Store = "postgres" | "redis";

/** A process: the folder under `services/` whose `main.ts` it is. */
export interface ProcessDescription {
  readonly source: ServiceName;
  readonly frontEnd?: undefined;
  readonly image?: undefined;
  readonly ports: Ports;
}

/**
 * A front end: no process of its own, but what Vite builds of the folder under `services/`, served by Caddy. `frontEnd`
 * names the services that its pages talk to; each needs a route of some site.
 */
export interface SiteSourceDescription {
  readonly source: string;
  readonly frontEnd: FrontEndDescription;
  readonly image?: undefined;
  readonly ports: Ports;
}

/** Ports inside the container: traffic, metrics (`/metrics`) and health (`/health`, `/ready`). */
export interface Ports {
  readonly traffic: number;
  readonly metrics: number;
  readonly health: number;
}

/** What a container of an image of one's own is given, whether it serves or runs once. */
export interface ContainerDescription {
  /** `registry.example.com/team/shop:1.4.2`, by version or digest; never `latest`. */
  readonly image: string;
  /** In the place of the image's own. */
  readonly entrypoint?: readonly string[];
  /** In the place of the image's own. */
  readonly command?: readonly string[];
  /** Variables. Nothing secret: Docker shows them to whoever may list containers. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Secrets of the system, by the variable that holds the path of the file with its value:
   * `{ SESSION_KEY_FILE: "sessionKey" }`.
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Numeric `uid:gid` that it runs as, who owns its secret files. Default `1000:1000`. */
  readonly user?: string;
}

/** A service from an image of one's own, or of somebody else's. */
export interface ImageDescription extends ContainerDescription {
  readonly source?: undefined;
  readonly frontEnd?: undefined;
  /**
   * Ports inside the container. `traffic` is what routes lead to; a worker has none. `health` is by default the same.
   * Without `metrics` Prometheus does not ask it.
   */
  readonly ports: {
    readonly traffic?: number;
    readonly metrics?: number;
    readonly health?: number;
  };
  readonly health: HealthDescription;
  /** Path of the metrics. Default `/metrics`. */
  readonly metricsPath?: string;
  /** Linux capabilities that it keeps: `["NET_BIND_SERVICE"]`. Default none. */
  readonly capabilities?: readonly string[];
  /** Whether its root file system cannot be written. Default true. */
  readonly readOnlyRoot?: boolean;
  /** Directories in memory, by path, with Docker's mount options. Default `{ "/tmp": "size=64m,mode=1777" }`. */
  readonly tmpfs?: Readonly<Record<string, string>>;
  /** What tells it to end: `SIGQUIT`. Default the image's own, which is SIGTERM where it says nothing. */
  readonly stopSignal?: string;
}

/** How it is found out whether a container works. Without `path` there has to be a `test`. */
export interface HealthDescription {
  /** Path that answers 2xx while the process lives, whatever its stores do. The proxy and Docker ask it. */
  readonly path?: string;
  /** Path that answers 2xx when requests may come. A rollout waits for it. Default `path`. */
  readonly readyPath?: string;
  /**
   * Program and arguments that Docker and a rollout run inside the container, 0 is well: for images without `wget`, and
   * for processes that answer no requests. Default `wget` for the paths.
   */
  readonly test?: readonly string[];
}

export type ServiceDescription = (ProcessDescription | SiteSourceDescription | ImageDescription) &
  RunDescription;

/** How a service runs. */
export interface RunDescription extends Size {
  readonly replicas: number;
  /** Stores that it talks to: it is on their network, and is told where they are. */
  readonly needs: readonly Store[];
  /** Whether the service uses a job queue in Redis, which then must not evict keys. */
  readonly queue?: boolean;
  readonly update?: "start-first" | "stop-first";
  readonly drain?: Duration;
  /** PostgreSQL connections of one replica. */
  readonly poolSize?: number;
  /** Whether a client keeps its replica, by a cookie of the proxy. Default: any replica takes any request. */
  readonly sticky?: boolean;
  /** What the body of a request may have. Default `"1Mi"`. */
  readonly bodyLimit?: Bytes;
}

/** Services that the pages of a front end talk to. */
export interface FrontEndDescription {
  readonly api: string;
  readonly socket: string;
}

/** The migrations of the bundled services: the SQL files under `services/migrations`. */
export interface BundledMigrations {
  readonly source: "migrations";
  readonly image?: undefined;
}

/**
 * A container that brings the stores to what the new release needs and ends with exit code 0. It runs before new
 * replicas start, after every change of it and of PostgreSQL's container, so it has to do nothing where nothing is new.
 */
export interface ImageMigrations extends ContainerDescription {
  readonly source?: undefined;
  /** Default `["postgres"]`. */
  readonly needs?: readonly Store[];
  /** Default `"256Mi"`. */
  readonly memory?: Memory;
}

export type MigrationsDescription = BundledMigrations | ImageMigrations;

/** A secret that services of a system read, beside those of the stores. */
export interface SecretDescription {
  /** For whoever has to set it: what it is, and where it comes from. */
  readonly description: string;
  /** Whether any random text will do, which `./backline init` then makes. Default false. */
  readonly generated?: boolean;
}

/** Requests whose path begins with `path` go to `service`; the longest path wins. */
export interface RouteDescription {
  readonly path: string;
  readonly service: string;
}

export interface SiteDescription {
  /** Name below the stack's domain, or `@` for the domain itself. Default the site's name. */
  readonly label?: string;
  readonly routes: readonly RouteDescription[];
  /**
   * Content-Security-Policy of every answer, in the place of the services' own. Default: what a service says itself, and
   * for those that say nothing, as an API does, `default-src 'none'; frame-ancestors 'none'`.
   */
  readonly contentSecurityPolicy?: string;
}

/** What a system is. How big it is and where it runs in one environment is said in `Pulumi.<stack>.yaml`. */
export interface SystemDescription {
  readonly name: string;
  readonly host: { readonly memory: Memory; readonly cpus: Cpu; readonly reserve: Size };
  readonly sites: Readonly<Record<string, SiteDescription>>;
  readonly services: Readonly<Record<string, ServiceDescription>>;
  readonly proxy: Size;
  /** Left out: the system has no PostgreSQL. */
  readonly postgres?: Size & { readonly maxConnections: number };
  /** Left out: the system has no Redis. */
  readonly redis?: Size;
  /** Left out: nothing runs before new replicas start. */
  readonly migrations?: MigrationsDescription;
  /** Secrets that its services read, by name. Their values stand in `secrets` of `Pulumi.<stack>.yaml`. */
  readonly secrets?: Readonly<Record<string, SecretDescription>>;
  readonly monitoring: {
    readonly prometheus: Size;
    readonly alertmanager: Size;
    readonly grafana: Size;
    /** Each of the exporters. */
    readonly exporter: Size;
  };
}
