import type * as docker from "@pulumi/docker";
import type { Host } from "./host";
import type { Secret } from "./secret";

/** An image that is on the host before a container of it is made. */
export interface Image {
  /** Identifies the content: version and digest, or a content hash. */
  readonly reference: string;
  readonly resource: docker.RemoteImage;
}

/** Names of the private networks. */
export interface Networks {
  /** Proxy and services. The only one with a way out to the internet. */
  readonly edge: string;
  /** Services, stores and exporters; no way out. */
  readonly data: string;
  /** Prometheus and what it scrapes. */
  readonly monitoring: string;
}

/** What every component of a stack is told. */
export interface StackContext {
  readonly stack: string;
  readonly host: Host;
  /** Key of hashes that are made from secrets. */
  readonly nameKey: Secret;
  readonly networks: Networks;
}

/** Memory in MiB and CPU in cores of one container. */
export interface Limits {
  readonly memory: number;
  readonly cpu: number;
}
