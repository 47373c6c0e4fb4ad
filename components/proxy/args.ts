import type { Limits, StackContext } from "../shared/context";

export interface Upstream {
  /** Container names by slot, which Docker's DNS resolves on the edge network. */
  readonly containers: readonly string[];
  readonly port: number;
  readonly healthPort: number;
}

export interface ProxySite {
  readonly name: string;
  readonly hostname: string;
  /** Requests whose path is `path` or below it go to the service; the longest path wins. */
  readonly routes: readonly { readonly path: string; readonly service: string }[];
}

export interface ProxyPlanArgs extends StackContext, Limits {
  readonly imageReference: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly certificates: "internal" | "acme";
  readonly email: string | undefined;
  /** Seconds that a WebSocket outlives a reload. */
  readonly streamCloseDelay: number;
  readonly sites: readonly ProxySite[];
  /** By service. */
  readonly upstreams: Readonly<Record<string, Upstream>>;
}
