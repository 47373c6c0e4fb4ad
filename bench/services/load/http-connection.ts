import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The request as bytes, which are made once and sent often. */
export function toBytes({ method, path, headers, body = "" }: HttpRequest, host: string): Buffer {
  const all = { host, ...headers, ...(body === "" ? {} : { "content-length": Buffer.byteLength(body) }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}

/**
 * One connection that sends a request after the other and reads no more of an answer than its status and length: a full
 * client would take the processor from the server that is measured.
 */
export class HttpConnection {
  /** The answer that is being read: its head as far as it has come, or the bytes of its body that are missing. */
  #head = "";
  #missing: number | undefined;
  #status = 0;
  #answered: ((status: number) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  private constructor(private readonly socket: Socket) {
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", (error) => this.#failed?.(error));
    socket.on("close", () => this.#failed?.(new Error("the server has closed the connection")));
  }

  static async open(origin: string): Promise<HttpConnection> {
    const { hostname, port } = new URL(origin);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, "connect");
    return new HttpConnection(socket);
  }

  /** The same over TLS, at an address that need not be what the origin's name resolves to. */
  static async openSecurely(origin: string, address: string, ca: Buffer): Promise<HttpConnection> {
    const { hostname, port } = new URL(origin);
    const socket = connectSecurely({ host: address, port: Number(port), servername: hostname, ca });
    socket.setNoDelay(true);
    await once(socket, "secureConnect");
    return new HttpConnection(socket);
  }

  close(): void {
    this.socket.destroy();
  }

  /** Status of the answer. */
  send(request: Buffer): Promise<number> {
    return new Promise((answered, failed) => {
      this.#answered = answered;
      this.#failed = failed;
      this.socket.write(request);
    });
  }

  #read(chunk: Buffer): void {
    if (this.#missing === undefined) {
      this.#head += chunk.toString("latin1");
      const end = this.#head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = this.#head.slice(0, end);
      this.#status = Number(head.slice(9, 12));
      this.#missing = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]) - (this.#head.length - end - 4);
      this.#head = "";
      if (Number.isNaN(this.#missing)) this.#failed?.(new Error(`an answer without a length: ${head}`));
    } else {
      this.#missing -= chunk.length;
    }
    if (this.#missing > 0) return;
    this.#missing = undefined;
    this.#answered?.(this.#status);
  }
}
