import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import { WebSocket } from "ws";

/** `*.localhost` does not resolve everywhere: every name is one address, and TLS still sees the name. */
export const lookupAs =
  (address: string): LookupFunction =>
  (_hostname, options, callback) => {
    if (options.all) callback(null, [{ address, family: 4 }]);
    else callback(null, address, 4);
  };

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: unknown;
}

export interface RequestOptions {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** A client of a platform at an address, whose certificates are signed by the CA in `caPath`; none for plain HTTP. */
export class Client {
  readonly #ca: Buffer | undefined;
  readonly #lookup: LookupFunction;

  constructor(caPath: string | undefined, address = "127.0.0.1") {
    this.#ca = caPath === undefined ? undefined : readFileSync(caPath);
    this.#lookup = lookupAs(address);
  }

  /** How a connection of another kind reaches the platform: options of http, https, tls and ws. */
  get connection(): { lookup: LookupFunction; ca?: Buffer } {
    return { lookup: this.#lookup, ...(this.#ca === undefined ? {} : { ca: this.#ca }) };
  }

  request(url: string, { method = "GET", token, body }: RequestOptions = {}): Promise<Answer> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(payload === undefined ? {} : { "content-type": "application/json" }),
    };
    const send = url.startsWith("https:") ? https.request : http.request;
    return new Promise((resolve, reject) => {
      const request = send(url, { method, headers, ...this.connection, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parse(text) });
        });
      });
      request.on("error", reject);
      request.setTimeout(15_000, () => request.destroy(new Error(`${url} did not answer`)));
      request.end(payload);
    });
  }

  /** Opens a WebSocket and signs in. */
  async socket(url: string, token: string): Promise<Socket> {
    const socket = new Socket(new WebSocket(url, this.connection));
    await socket.open;
    socket.send({ type: "auth", token });
    return socket;
  }
}

export type Frame = Readonly<Record<string, unknown>>;

/** A WebSocket that keeps every frame, so that none is missed between two waits. */
export class Socket {
  readonly frames: Frame[] = [];
  readonly open: Promise<void>;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.open = new Promise((resolve, reject) => {
      socket.once("open", () => resolve());
      socket.once("error", reject);
    });
    socket.on("message", (data) => {
      const frame = parse(data.toString());
      if (frame !== null && typeof frame === "object") this.frames.push({ ...frame });
    });
  }

  send(frame: Frame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** The first frame of a type that matches, whether it came already or comes within 15 s. */
  async frame(type: string, matches: (frame: Frame) => boolean = () => true): Promise<Frame> {
    return eventually(`a frame of type ${type}`, async () =>
      this.frames.find((frame) => frame.type === type && matches(frame)),
    );
  }

  close(): void {
    this.#socket.close();
  }
}

/** Asks until there is an answer; gives up after `seconds` with what it was waiting for. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  seconds = 15,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
