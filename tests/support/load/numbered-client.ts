/** A WebSocket client as the protocol's page wants it: numbered messages under keys, resume, reconnect. */
import type { LookupFunction } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { Backoff } from "./backoff";

/** Milliseconds before something that was refused is tried again. */
const retryMilliseconds = 500;

/** Close code of a server that restarts: it has spread its closes, and the client comes back at once. */
const serviceRestart = 1012;

/** Error codes that mean 'try again'. */
const passing = new Set(["store_unavailable", "not_joined"]);

type Frame = Record<string, unknown> & { readonly type: string };

export interface NumberedClientOptions {
  readonly name: string;
  /** `ws://` or `wss://`, with the path. */
  readonly url: string;
  /** How the server is reached and known, where that is not what its URL says. */
  readonly connection?: { readonly ca?: Buffer | string; readonly lookup?: LookupFunction };
  /** Asked at every connect. */
  readonly token: () => string;
  readonly room: string;
  /** Milliseconds between two messages that it sends. */
  readonly interval: number;
  /** Milliseconds that it waits before a reconnect, at most. Default 30 s, as the protocol's page says. */
  readonly longestPause?: number;
}

/** An end of a connection that the client did not ask for. */
export interface Close {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly code: number;
  readonly reason: string;
  /** Whether the client followed its room then; otherwise it was an attempt to connect. */
  readonly joined: boolean;
}

export class NumberedClient {
  /** Ids of the room's messages in the order they came, from number 1 on. */
  readonly received: string[] = [];
  /** Numbers of stored messages by the text that was sent. */
  readonly acknowledged = new Map<string, number>();
  /** What the protocol does not allow. */
  readonly violations: string[] = [];
  /** Closes by code and error frames by code. */
  readonly trouble: Record<string, number> = {};
  readonly closes: Close[] = [];
  /** Milliseconds since 1970: the last answer to a message, and the last message. */
  acknowledgedAt = 0;
  receivedAt = 0;
  readonly #pending = new Map<string, string>();
  #socket: WebSocket | undefined;
  #joined = false;
  #sent = 0;
  #sending: NodeJS.Timeout | undefined;
  #ended = false;
  readonly #backoff: Backoff;

  constructor(private readonly options: NumberedClientOptions) {
    this.#backoff = new Backoff(options.longestPause);
    this.#connect();
  }

  get room(): string {
    return this.options.room;
  }

  /** Starts to send. */
  start(): void {
    this.#sending = setInterval(() => this.#post(), this.options.interval);
  }

  /** Sends nothing new; waits until everything that was sent is stored. */
  async stop(seconds: number): Promise<void> {
    clearInterval(this.#sending);
    for (const deadline = Date.now() + seconds * 1_000; this.#pending.size > 0; await sleep(50))
      if (Date.now() > deadline)
        throw new Error(
          `messages of ${this.options.name} are not acknowledged within ${seconds} s: ${[...this.#pending.keys()]}; ${JSON.stringify(this.trouble)}`,
        );
  }

  /** Presents a new token on the open connection. */
  renew(): void {
    if (this.#joined) this.#send({ type: "auth", token: this.options.token() });
  }

  end(): void {
    this.#ended = true;
    clearInterval(this.#sending);
    this.#socket?.terminate();
  }

  get joined(): boolean {
    return this.#joined;
  }

  get last(): number {
    return this.received.length;
  }

  #post(): void {
    this.#sent += 1;
    const key = `${this.options.name}-${this.#sent}`;
    this.#pending.set(key, `socket ${key}`);
    if (this.#joined) this.#sendMessage(key);
  }

  #sendMessage(key: string): void {
    const body = this.#pending.get(key);
    if (body !== undefined) this.#send({ type: "message", room: this.options.room, body, key });
  }

  #send(frame: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #connect(): void {
    const socket = new WebSocket(this.options.url, this.options.connection);
    this.#socket = socket;
    socket.on("open", () => this.#send({ type: "auth", token: this.options.token() }));
    socket.on("message", (data) => this.#receive(JSON.parse(String(data)), socket));
    socket.on("error", () => undefined);
    socket.on("close", (code, reason) => {
      if (this.#ended) return;
      this.closes.push({ at: Date.now(), code, reason: reason.toString(), joined: this.#joined });
      this.#joined = false;
      this.#count(`close ${code}`);
      if (code === serviceRestart) this.#connect();
      else this.#later(this.#backoff.next(), () => this.#connect());
    });
  }

  #join(): void {
    this.#send({ type: "join", room: this.options.room, after: this.last });
  }

  #receive(frame: Frame, socket: WebSocket): void {
    if (socket !== this.#socket) return;
    if (frame.type === "welcome" && !this.#joined) this.#join();
    else if (frame.type === "joined") this.#hasJoined(frame);
    else if (frame.type === "message") this.#take(frame);
    else if (frame.type === "ack") this.#acknowledge(String(frame.key), Number(frame.seq));
    else if (frame.type === "error") this.#refused(frame);
  }

  #hasJoined({ seq, missed }: Frame): void {
    if (missed !== 0 || seq !== this.last)
      this.violations.push(`joined at ${seq}, missing ${missed}, after ${this.last}`);
    this.#joined = true;
    this.#backoff.reset();
    // In the order they were made: what the connection before left unanswered comes first.
    for (const key of this.#pending.keys()) this.#sendMessage(key);
  }

  #take({ seq, id }: Frame): void {
    this.receivedAt = Date.now();
    if (seq === this.last + 1) this.received.push(String(id));
    else this.violations.push(`message ${seq} after ${this.last}`);
  }

  #acknowledge(key: string, seq: number): void {
    const body = this.#pending.get(key);
    if (body === undefined) {
      // Sent twice, since the first answer was an error although the message was stored.
      if (this.acknowledged.get(`socket ${key}`) !== seq) this.violations.push(`${key} acknowledged twice`);
      return;
    }
    this.#pending.delete(key);
    this.acknowledged.set(body, seq);
    this.acknowledgedAt = Date.now();
  }

  #refused({ code, key }: Frame): void {
    this.#count(String(code));
    if (!passing.has(String(code))) this.violations.push(`refused with ${code}`);
    const socket = this.#socket;
    this.#later(retryMilliseconds, () => {
      if (socket !== this.#socket) return;
      if (key !== undefined) this.#sendMessage(String(key));
      else if (!this.#joined) this.#join();
    });
  }

  #later(milliseconds: number, work: () => void): void {
    void sleep(milliseconds).then(() => {
      if (!this.#ended) work();
    });
  }

  #count(what: string): void {
    this.trouble[what] = (this.trouble[what] ?? 0) + 1;
  }
}
