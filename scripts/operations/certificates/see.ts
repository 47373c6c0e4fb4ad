import { connect } from "node:tls";

/** A name and the port where it is served. */
export interface AskedSite {
  /** As the system's description calls it. */
  readonly site: string;
  readonly hostname: string;
  readonly port: number;
}

/** What came of asking for a site's certificate. */
export type Seen =
  | {
      readonly kind: "served";
      readonly from: Date;
      readonly until: Date;
      /** Whether it is for the site's name. */
      readonly fits: boolean;
      /** Names that it is for. */
      readonly names: readonly string[];
    }
  /** TLS is refused: the proxy has no certificate for the name. */
  | { readonly kind: "refused" }
  | { readonly kind: "unreachable"; readonly reason: string };

/** Milliseconds in which a proxy answers, or counts as not reachable. */
const patience = 5_000;

/** Asks for the certificate that a site is served with. It is not trusted for this, so a bad one can be seen as well. */
export function seeCertificate({ hostname, port }: Omit<AskedSite, "site">, address: string): Promise<Seen> {
  return new Promise((resolve) => {
    const socket = connect({
      host: address,
      port,
      servername: hostname,
      rejectUnauthorized: false,
      ALPNProtocols: ["h2", "http/1.1"],
    });
    const end = (seen: Seen): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(seen);
    };
    const timer = setTimeout(
      () => end({ kind: "unreachable", reason: `no answer within ${patience / 1000} s` }),
      patience,
    );
    socket.on("error", (error: NodeJS.ErrnoException) =>
      end(
        error.code?.startsWith("ERR_SSL_")
          ? { kind: "refused" }
          : { kind: "unreachable", reason: error.code ?? error.message },
      ),
    );
    socket.on("secureConnect", () => {
      const certificate = socket.getPeerX509Certificate();
      if (certificate === undefined) return end({ kind: "refused" });
      end({
        kind: "served",
        from: new Date(certificate.validFrom),
        until: new Date(certificate.validTo),
        fits: certificate.checkHost(hostname, { subject: "never" }) !== undefined,
        names: (certificate.subjectAltName ?? "").split(", ").map((name) => name.replace(/^DNS:/, "")),
      });
    });
  });
}
