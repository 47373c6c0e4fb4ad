import type { Secret } from "../shared/secret";

/** The environments of a project that a variable can be for. */
export type Target = "production" | "preview" | "development";

/** An environment variable for one target; a `Secret` is one that nobody can read at Vercel. */
export interface Variable {
  readonly key: string;
  readonly target: Target;
  readonly value: string | Secret;
}

/** What is chosen about a project at Vercel. */
export interface FrontendSettings {
  readonly projectName: string;
  /** Where Vercel builds from; undefined: it is sent the files that were built here. */
  readonly gitRepository:
    | {
        readonly type: "github" | "gitlab" | "bitbucket";
        readonly repo: string;
        readonly productionBranch: string;
      }
    | undefined;
  /**
   * Which deployments only members of the team see, in Vercel's words. The provider's documentation has them in another
   * spelling (`standardProtectionNew`), which the provider itself refuses.
   */
  readonly protection: "standard_protection_new" | "only_preview_deployments" | "all_deployments" | "none";
  /** Lets others into what is protected. */
  readonly password: Secret | undefined;
  readonly variables: readonly Variable[];
}

/** A host name that the project serves. */
export interface FrontendSite {
  readonly hostname: string;
  /** Host names that are redirected to it. */
  readonly redirectFrom: readonly string[];
  /** Paths that somebody else answers: requests to `path` and below it go to the same path of `origin`. */
  readonly rewrites: readonly { readonly path: string; readonly origin: string }[];
  /** In the place of the front end's own policy. */
  readonly contentSecurityPolicy: string | undefined;
}

export interface FrontendPlanArgs extends FrontendSettings {
  /** The service that the front end is in the system's description. */
  readonly name: string;
  /** Its folder under `services/`. */
  readonly source: string;
  readonly sites: readonly FrontendSite[];
  /** URL of the API, as browsers reach it. */
  readonly api: string;
  /** URL of the WebSocket server, as browsers reach it. */
  readonly socket: string;
  /** Value of Strict-Transport-Security; undefined: not sent. */
  readonly strictTransportSecurity: string | undefined;
}
