import type { DnsSettings } from "../../components/dns/args";
import type { FrontendSettings } from "../../components/frontend/args";
import type { CatalogueImage, ImageName } from "../../components/images/catalogue";
import type { ImageSource } from "../../components/images/plan";
import type { ProxySettings, ProxySite } from "../../components/proxy/args";
import type { Release } from "../../components/release/release";
import type { ImageContainer, ImagePorts, ImageServer, ServiceFeatures } from "../../components/service/args";
import type { Secret } from "../../components/shared/secret";
import type { ServiceName } from "../../services/contract/environment";
import type { BundledMigrations, FrontEndDescription, Ports, Store } from "../systems/types";
import type { SecretName } from "./secret-names";
import type { SitePlatform } from "./site-fields";

/** Limits of one container: MiB and cores. */
export interface Limits {
  readonly memory: number;
  readonly cpu: number;
}

/** A bundled process, or a front end, which has a folder of its own under `services/`. */
export type BundledService = RunSettings & { readonly ports: Ports; readonly container: undefined } & (
    | { readonly source: ServiceName; readonly frontEnd: undefined }
    | { readonly source: string; readonly frontEnd: FrontEndDescription }
  );

/** A service from an image that is not Backline's own. */
export interface ImageService extends RunSettings {
  readonly source: undefined;
  readonly frontEnd: undefined;
  readonly ports: ImagePorts;
  readonly container: ImageServer;
}

export type ServiceSettings = BundledService | ImageService;

/** What brings the stores to what a release needs. */
export type MigrationsSettings =
  | (BundledMigrations & { readonly container: undefined })
  | {
      readonly source: undefined;
      readonly needs: readonly Store[];
      readonly memory: number;
      readonly container: ImageContainer;
    };

export interface RunSettings extends Limits {
  readonly name: string;
  readonly replicas: number;
  readonly needs: readonly Store[];
  readonly queue: boolean;
  readonly update: "start-first" | "stop-first";
  /** Seconds. */
  readonly drain: number;
  /** Seconds from SIGTERM to SIGKILL. */
  readonly stopGrace: number;
  /** Seconds until a new replica must be ready. */
  readonly startTimeout: number;
  readonly poolSize: number;
  readonly logLevel: string;
  /** Whether a client keeps its replica. */
  readonly sticky: boolean;
  /** Bytes of a request's body. */
  readonly bodyLimit: number;
}

/** A site, wherever it is served. */
export interface SiteSettings extends ProxySite {
  readonly platform: SitePlatform;
  /** Further host names, which are redirected to the site. */
  readonly redirectFrom: readonly string[];
}

/** A front end that Vercel serves. */
export interface ProjectSettings extends FrontendSettings {
  readonly name: string;
  /** Its folder under `services/`. */
  readonly source: string;
  readonly frontEnd: FrontEndDescription;
}

/** What of a secret's rotations the stack is made from. */
export interface Rotation {
  /** How often it was rotated. */
  readonly rotations: number;
  /** A second value that is accepted as well; undefined: there is none. */
  readonly other: Secret | undefined;
  /** ISO 8601; until when the other value is accepted, where that is known. */
  readonly until: string | undefined;
}

/** Everything about one environment, complete and checked. Memory in MiB, time in seconds, CPU in cores. */
export interface Settings {
  readonly stack: string;
  readonly system: string;
  readonly domain: string;
  readonly host: {
    /** Undefined: Docker on the machine that runs Pulumi. */
    readonly address: string | undefined;
    readonly user: string;
    readonly port: number;
    readonly directory: string;
    readonly memory: number;
    readonly cpus: number;
    readonly reserve: Limits;
    /** `ssh-ed25519 AAAA...`; undefined: not known yet. */
    readonly hostKey: string | undefined;
    /** Undefined: as `ssh` finds it. */
    readonly identityFile: string | undefined;
    readonly firstUser: string;
    readonly firstPort: number;
    /** Lines of `authorized_keys` for `user`. */
    readonly publicKeys: readonly string[];
    /** Ranges that SSH is reached from; empty: any address. */
    readonly sshAllow: readonly string[];
    readonly timeZone: string;
    readonly swap: number;
    readonly webFrom: "anywhere" | "cloudflare";
    readonly container: boolean;
  };
  readonly images: ImageSource & {
    /** Registries that ask for the credentials of `docker login` on the machine that runs Pulumi. */
    readonly logins: readonly string[];
    readonly catalogue: Readonly<Record<ImageName, CatalogueImage>>;
  };
  /** What a rollback has put into the stack's file; undefined: the release that the sources are. */
  readonly release: Pick<Release, "id" | "images" | "migration"> | undefined;
  readonly sites: readonly SiteSettings[];
  /** What Vercel serves; undefined: nothing. */
  readonly vercel:
    | {
        readonly token: Secret;
        /** Undefined: the token's own account. */
        readonly team: string | undefined;
        readonly projects: readonly ProjectSettings[];
      }
    | undefined;
  /** Origins whose pages may call the API. */
  readonly allowedOrigins: readonly string[];
  readonly features: ServiceFeatures;
  /** What runs on the host: a front end that Vercel alone serves is not among them. */
  readonly services: readonly ServiceSettings[];
  readonly proxy: Limits & ProxySettings;
  /** Undefined: nothing at Cloudflare is the stack's. */
  readonly cloudflare: DnsSettings | undefined;
  /** Undefined: the system has none. */
  readonly postgres: (Limits & { readonly maxConnections: number; readonly database: string }) | undefined;
  /** Undefined: the system has none. */
  readonly redis: (Limits & { readonly evictionPolicy: string }) | undefined;
  /** Undefined: the system has none. */
  readonly migrations: MigrationsSettings | undefined;
  readonly monitoring: {
    readonly enabled: boolean;
    readonly grafana: boolean;
    readonly retention: number;
    readonly alertWebhook: string | undefined;
    readonly prometheus: Limits;
    readonly alertmanager: Limits;
    readonly grafanaLimits: Limits;
    readonly exporter: Limits;
  };
  /** Those of Backline's own parts. One that the system has no use for is a stand-in, which nothing reads. */
  readonly secrets: Readonly<Record<SecretName, Secret>>;
  /** Those that the system's description declares, by name. */
  readonly systemSecrets: Readonly<
    Record<string, { readonly value: Secret; readonly generated: boolean; readonly description: string }>
  >;
  /** What a rotation of each secret has to do with what runs. */
  readonly rotation: Readonly<Record<SecretName, Rotation>>;
}
