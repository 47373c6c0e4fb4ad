import type { IncomingMessage } from "node:http";
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
  /** Milliseconds until a request counts as failed. */
  readonly patience: number;
}

/** Errors of a connection that the other end has closed. */
const closedCodes = new Set(["ECONNRESET", "EPIPE"]);

/**
 * An HTTPS client that keeps its connections, as browsers and proxies do. Nothing is retried, with one exception that
 * HTTP itself needs (RFC 9112, 9.3.1): a server may close a connection that is idle, a request may be on its way
 * there at that moment, and nobody can tell beforehand. Such a request is sent once more on a new connection, provided
 * that the connection had answered before and not a byte of this answer came. `resent` counts these.
 */
export class KeepAliveClient {
  resent = 0;
  readonly #agent: https.Agent;

  constructor(private readonly options: KeepAliveOptions) {
    this.#agent = new https.Agent({ keepAlive: true, maxSockets: options.connections });
  }

  /** Rejects with an error that says why there was no answer. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const first = await this.#exchange(request, this.#agent);
    if (!("idleClosed" in first)) return first;
    this.resent += 1;
    const second = await this.#exchange(request, false);
    if ("idleClosed" in second) throw new Error("a new connection was closed as an idle one");
    return second;
  }

  close(): void {
    this.#agent.destroy();
  }

  #exchange(
    { method, path, headers, body }: HttpRequest,
    agent: https.Agent | false,
  ): Promise<HttpAnswer | { readonly idleClosed: true }> {
    const { origin, ca, lookup, patience } = this.options;
    return new Promise((resolve, reject) => {
      const all = body === undefined ? headers : { ...headers, "content-length": Buffer.byteLength(body) };
      let response: IncomingMessage | undefined;
      const request = https.request(
        new URL(path, origin),
        { method, headers: all, ca, agent, ...(lookup === undefined ? {} : { lookup }) },
        (answer) => {
          response = answer;
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("end", () => {
            clearTimeout(timer);
            resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
          });
          answer.on("error", fail);
        },
      );
      const fail = (error: Error & { code?: string }): void => {
        clearTimeout(timer);
        const idle = request.reusedSocket && response === undefined && closedCodes.has(error.code ?? "");
        if (idle) resolve({ idleClosed: true });
        else reject(error);
      };
      const timer = setTimeout(() => request.destroy(new Error(`no answer within ${patience} ms`)), patience);
      request.on("error", fail);
      request.end(body);
    });
  }
}
