import type * as pulumi from "@pulumi/pulumi";
import type { ServiceName } from "../../services/contract/environment";
import type { Image, Limits, StackContext } from "../shared/context";
import type { Secret } from "../shared/secret";

/** How the services reach the stores. */
export interface StoreAccess {
  readonly postgres: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
  };
  readonly redis: { readonly host: string; readonly port: number };
}

export interface ServiceSecrets {
  readonly postgresPassword: Secret;
  readonly redisPassword: Secret;
  readonly jwtSecret: Secret;
}

/** A second signing key whose tokens are accepted, while the key is being rotated. */
export interface OtherSigningKey {
  readonly secret: Secret;
  /** ISO 8601; undefined: as long as it is given. */
  readonly until: string | undefined;
}

/** What the services offer beside their core; undefined is off. */
export interface ServiceFeatures {
  /** Requests a minute; 0 is no limit. */
  readonly rateLimits: { readonly user: number; readonly address: number };
  readonly stripe: { readonly webhookSecret: Secret } | undefined;
  readonly storage:
    | {
        readonly endpoint: string;
        readonly region: string;
        readonly bucket: string;
        readonly accessKeyId: string;
        readonly secretAccessKey: Secret;
      }
    | undefined;
  /** JSON: JSON-RPC URLs by chain. */
  readonly chains: Secret | undefined;
  readonly smtp:
    | {
        readonly host: string;
        readonly port: number;
        readonly from: string;
        /** Undefined: nobody signs in at the mail server. */
        readonly user: string | undefined;
        readonly password: Secret | undefined;
      }
    | undefined;
}

/** What is decided about a service before anything exists; enough to render the proxy and the scrape targets. */
export interface ServicePlanArgs extends StackContext, Limits {
  readonly name: string;
  /** The process that runs: it is given the variables that it reads. */
  readonly source: ServiceName;
  /** Identifies the image's content. */
  readonly imageReference: string;
  readonly replicas: number;
  readonly ports: { readonly traffic: number; readonly metrics: number; readonly health: number };
  readonly update: "start-first" | "stop-first";
  /** Seconds that open requests and sockets get. */
  readonly drain: number;
  /** Seconds from SIGTERM to SIGKILL. */
  readonly stopGrace: number;
  /** Seconds until a new replica must be ready. */
  readonly startTimeout: number;
  readonly poolSize: number;
  readonly logLevel: string;
  readonly allowedOrigins: readonly string[];
  readonly features: ServiceFeatures;
  readonly stores: StoreAccess;
  readonly secrets: ServiceSecrets;
  readonly otherSigningKey: OtherSigningKey | undefined;
}

/** What a container of an image that is not Backline's own is given. */
export interface ImageContainer {
  /** As it was written: `registry.example.com/team/shop:1.4.2`. */
  readonly image: string;
  /** Undefined: the image's own. */
  readonly entrypoint: readonly string[] | undefined;
  /** Undefined: the image's own. */
  readonly command: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** By the variable that holds the path of the file. `name` is the file's. */
  readonly secrets: Readonly<Record<string, { readonly name: string; readonly value: Secret }>>;
  /** Numeric `uid:gid`, who owns the secret files. */
  readonly user: string;
}

/** A service from such an image. */
export interface ImageServer extends ImageContainer {
  readonly health: {
    /** Undefined: it answers no requests. */
    readonly path: string | undefined;
    readonly readyPath: string | undefined;
    /** Undefined: `wget` asks the paths. */
    readonly test: readonly string[] | undefined;
  };
  readonly metricsPath: string;
  readonly capabilities: readonly string[];
  readonly readOnlyRoot: boolean;
  readonly tmpfs: Readonly<Record<string, string>>;
  /** Undefined: the image's own. */
  readonly stopSignal: string | undefined;
}

/** Ports inside a container of such an image; undefined: there is none. */
export interface ImagePorts {
  readonly traffic: number | undefined;
  readonly metrics: number | undefined;
  readonly health: number | undefined;
}

export interface ServiceArgs {
  readonly image: Image;
  /** An image with a shell, which writes the secret files: the service's own may have none. */
  readonly writer: Image;
  /** What must be ready before a replica starts: stores, migrations. */
  readonly after: readonly pulumi.Resource[];
}
