/** What a host is to become, in plain values. */
export interface HostArgs {
  /** A container that stands in for a host: what concerns the whole kernel is rendered, reported and left out. */
  readonly container: boolean;
  readonly admin: {
    /** Name of the one user who may sign in. */
    readonly name: string;
    /** Lines of `authorized_keys`. Without one the SSH server's step refuses to run. */
    readonly publicKeys: readonly string[];
  };
  readonly ssh: {
    readonly port: number;
    /** Ranges that SSH is reached from, without a rate limit. Empty: any address, with one. */
    readonly allow: readonly string[];
  };
  /** Name in the IANA database: `Europe/Berlin`. */
  readonly timeZone: string;
  /** MiB of the swap file. */
  readonly swap: number;
  readonly web: {
    /** Ports of the host that reach containers, TCP and UDP; every other one that a container publishes is closed. */
    readonly ports: readonly number[];
    /** Who reaches them. */
    readonly from: "anywhere" | "cloudflare";
  };
  readonly docker: {
    /** MiB of one log file of a container. */
    readonly logSize: number;
    /** Log files that are kept of a container. */
    readonly logFiles: number;
  };
}
