import type * as pulumi from "@pulumi/pulumi";
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

/** What is decided about a service before anything exists; enough to render the proxy and the scrape targets. */
export interface ServicePlanArgs extends StackContext, Limits {
  readonly name: string;
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
  readonly stores: StoreAccess;
  readonly secrets: ServiceSecrets;
}

export interface ServiceArgs {
  readonly image: Image;
  /** What must be ready before a replica starts: stores, migrations. */
  readonly after: readonly pulumi.Resource[];
}
