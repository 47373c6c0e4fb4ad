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
}

/**
 * A front end: no process of its own, but what Vite builds of the folder under `services/`, served by Caddy. `frontEnd`
 * names the services that its pages talk to; each needs a route of some site.
 */
export interface SiteSourceDescription {
  readonly source: string;
  readonly frontEnd: FrontEndDescription;
}

export type ServiceDescription = (ProcessDescription | SiteSourceDescription) & RunDescription;

/** How a service runs. */
export interface RunDescription extends Size {
  readonly replicas: number;
  /** Ports inside the container: traffic, metrics (`/metrics`) and health (`/health`, `/ready`). */
  readonly ports: { readonly traffic: number; readonly metrics: number; readonly health: number };
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
  readonly postgres: Size & { readonly maxConnections: number };
  readonly redis: Size;
  readonly monitoring: {
    readonly prometheus: Size;
    readonly alertmanager: Size;
    readonly grafana: Size;
    /** Each of the exporters. */
    readonly exporter: Size;
  };
}
