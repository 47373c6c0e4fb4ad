import type { DnsSettings } from "../../components/dns/args";
import type { FrontendSettings } from "../../components/frontend/args";
import type { CatalogueImage, ImageName } from "../../components/images/catalogue";
import type { ImageSource } from "../../components/images/plan";
import type { ProxySettings, ProxySite } from "../../components/proxy/args";
import type { Release } from "../../components/release/release";
import type { ServiceFeatures } from "../../components/service/args";
import type { Secret } from "../../components/shared/secret";
import type { ServiceName } from "../../services/contract/environment";
import type { FrontEndDescription, Store } from "../systems";
import type { Rotation } from "./rotation";
import type { SecretName } from "./secret-names";
import type { SitePlatform } from "./site-fields";

/** Limits of one container: MiB and cores. */
export interface Limits {
  readonly memory: number;
  readonly cpu: number;
}

/** A process has no front end; a front end has a folder of its own under `services/`. */
export type ServiceSettings = RunSettings &
  (
    | { readonly source: ServiceName; readonly frontEnd: undefined }
    | { readonly source: string; readonly frontEnd: FrontEndDescription }
  );

export interface RunSettings extends Limits {
  readonly name: string;
  readonly replicas: number;
  readonly ports: { readonly traffic: number; readonly metrics: number; readonly health: number };
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
  readonly postgres: Limits & { readonly maxConnections: number; readonly database: string };
  readonly redis: Limits & { readonly evictionPolicy: string };
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
  readonly secrets: Readonly<Record<SecretName, Secret>>;
  /** What a rotation of each secret has to do with what runs. */
  readonly rotation: Readonly<Record<SecretName, Rotation>>;
}
