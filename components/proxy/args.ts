import type { Limits, StackContext } from "../shared/context";
import type { Secret } from "../shared/secret";
import type { StrictTransportSecurity } from "../shared/security-headers";

export interface Upstream {
  /** Container names by slot, which Docker's DNS resolves on the edge network. */
  readonly containers: readonly string[];
  readonly port: number;
  readonly healthPort: number;
  /** Path that answers 2xx while the process lives. */
  readonly healthPath: string;
  /** Whether a client keeps its replica, by a cookie. */
  readonly sticky: boolean;
  /** Bytes that the body of a request may have. */
  readonly bodyLimit: number;
}

export interface ProxySite {
  readonly name: string;
  readonly hostname: string;
  /** Requests whose path is `path` or below it go to the service; the longest path wins. */
  readonly routes: readonly { readonly path: string; readonly service: string }[];
  /** Sent in the place of what a service says; undefined: a service's own, or one that allows nothing. */
  readonly contentSecurityPolicy: string | undefined;
}

/** Who signs certificates. Texts are in PEM form. */
export type Certificates =
  | { readonly kind: "internal" }
  | {
      readonly kind: "acme";
      /** Address that the authority writes to. */
      readonly email: string | undefined;
      /** URL of the ACME server's directory; undefined: Let's Encrypt. */
      readonly directory: string | undefined;
      /** Authority of the ACME server's own certificate; undefined: a public one. */
      readonly rootCertificate: string | undefined;
    }
  | {
      readonly kind: "files";
      /** The certificate, then those between it and its authority. */
      readonly certificate: string;
      readonly key: Secret;
    }
  /** An origin certificate of Cloudflare's, which is made with the stack and known only then. */
  | { readonly kind: "cloudflare" };

/** Sends every request for a host name to another one, path and query included. */
export interface Redirect {
  /** A host name, or all names one label below another: `*.example.com`. */
  readonly from: string;
  readonly to: string;
  /** Whether clients may remember it: status 308, otherwise 307. */
  readonly permanent: boolean;
}

export interface ProxySettings {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly certificates: Certificates;
  /** Whether only Cloudflare may connect, which then shows a client certificate of its own. */
  readonly originPulls: boolean;
  /** Strict-Transport-Security, `maxAge` in seconds; undefined: not sent. */
  readonly hsts: StrictTransportSecurity | undefined;
  readonly redirects: readonly Redirect[];
  /** Ranges whose word about a client's address is believed, or `cloudflare` for Cloudflare's. */
  readonly trustedProxies: readonly string[];
  /** Headers in which those tell it, the first that is there counts. */
  readonly clientIpHeaders: readonly string[];
  /** Undefined: sites are served. `allow`: ranges that are served all the same. */
  readonly maintenance: { readonly text: string; readonly allow: readonly string[] } | undefined;
  /** Seconds. */
  readonly timeouts: {
    /** For the headers of a request. */
    readonly readHeader: number;
    /** That a request's body may stall. */
    readonly readBodyIdle: number;
    /** That a client may take nothing of an answer. */
    readonly writeIdle: number;
    /** That a connection is kept without a request. */
    readonly idle: number;
    /** Until a service begins to answer. */
    readonly responseHeader: number;
  };
  /** Bytes of a request's headers. */
  readonly maxHeaderSize: number;
  /** Seconds that a WebSocket outlives a reload. */
  readonly streamCloseDelay: number;
}

/** What the configuration is rendered from. */
export interface ProxyRouting extends ProxySettings {
  readonly sites: readonly ProxySite[];
  /** By service. */
  readonly upstreams: Readonly<Record<string, Upstream>>;
}

export interface ProxyPlanArgs extends StackContext, Limits, ProxyRouting {
  readonly imageReference: string;
}
