import https from "node:https";
import type { LookupFunction } from "node:net";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface KeepAliveOptions {
  /** `https://<host>:<port>`. */
  readonly origin: string;
  /** Certificate of the authority that signs the server's. */
  readonly ca: Buffer | string;
  readonly lookup?: LookupFunction;
  /** Connections that are open at once, at most. */
  readonly connections: number;
  /** Milliseconds from when a request has a connection until it counts as failed. */
  readonly patience: number;
}

/**
 * An HTTPS client that keeps its connections, as browsers and proxies do. Nothing is retried: neither what failed on a
 * connection that the server closed as an idle one, though HTTP would allow that (RFC 9112, 9.3.1).
 */
export class KeepAliveClient {
  readonly #agent: https.Agent;

  constructor(private readonly options: KeepAliveOptions) {
    this.#agent = new https.Agent({ keepAlive: true, maxSockets: options.connections });
  }

  /** Rejects with an error that says why there was no answer. */
  send({ method, path, headers, body }: HttpRequest): Promise<HttpAnswer> {
    const { origin, ca, lookup, patience } = this.options;
    return new Promise((resolve, reject) => {
      const all = body === undefined ? headers : { ...headers, "content-length": Buffer.byteLength(body) };
      let timer: NodeJS.Timeout | undefined;
      const fail = (error: Error): void => {
        clearTimeout(timer);
        reject(error);
      };
      const request = https.request(
        new URL(path, origin),
        { method, headers: all, ca, agent: this.#agent, ...(lookup === undefined ? {} : { lookup }) },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("end", () => {
            clearTimeout(timer);
            resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
          });
          answer.on("error", fail);
        },
      );
      // Not before: while it waits for a free connection, nobody has been asked.
      request.on("socket", () => {
        timer = setTimeout(() => request.destroy(new Error(`no answer within ${patience} ms`)), patience);
      });
      request.on("error", fail);
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
