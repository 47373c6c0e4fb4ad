/** A WebSocket client as the protocol's page wants it: numbered messages under keys, resume, reconnect. */
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { eventually, type Frame, type Service } from "./harness";

/** Milliseconds before something that was refused is tried again. */
const retryMilliseconds = 500;

/** Error codes that mean 'try again'. */
const passing = new Set(["store_unavailable", "not_joined"]);

export interface NumberedClientOptions {
  readonly name: string;
  readonly server: Service;
  readonly token: string;
  readonly room: string;
  /** Milliseconds between two messages that it sends. */
  readonly interval: number;
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
  /** Milliseconds since 1970: the last answer to a message, and the last message. */
  acknowledgedAt = 0;
  receivedAt = 0;
  readonly #pending = new Map<string, string>();
  #socket: WebSocket | undefined;
  #joined = false;
  #sent = 0;
  #sending: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(private readonly options: NumberedClientOptions) {
    this.#connect();
  }

  /** Starts to send. */
  start(): void {
    this.#sending = setInterval(() => this.#post(), this.options.interval);
  }

  /** Sends nothing new; waits until everything that was sent is stored. */
  async stop(seconds: number): Promise<void> {
    clearInterval(this.#sending);
    await eventually(
      `all messages of ${this.options.name} are acknowledged`,
      async () => {
        if (this.#pending.size > 0)
          throw new Error(`${[...this.#pending.keys()]} are not; ${JSON.stringify(this.trouble)}`);
      },
      seconds,
    );
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
    const socket = new WebSocket(`${this.options.server.url.replace("http", "ws")}/ws`);
    this.#socket = socket;
    socket.on("open", () => this.#send({ type: "auth", token: this.options.token }));
    socket.on("message", (data) => this.#receive(JSON.parse(String(data)), socket));
    socket.on("error", () => undefined);
    socket.on("close", (code) => {
      this.#joined = false;
      if (this.#ended) return;
      this.#count(`close ${code}`);
      this.#later(() => this.#connect());
    });
  }

  #join(): void {
    this.#send({ type: "join", room: this.options.room, after: this.last });
  }

  #receive(frame: Frame, socket: WebSocket): void {
    if (socket !== this.#socket) return;
    if (frame.type === "welcome") this.#join();
    else if (frame.type === "joined") this.#hasJoined(frame);
    else if (frame.type === "message") this.#take(frame);
    else if (frame.type === "ack") this.#acknowledge(String(frame.key), Number(frame.seq));
    else if (frame.type === "error") this.#refused(frame);
  }

  #hasJoined({ seq, missed }: Frame): void {
    if (missed !== 0 || seq !== this.last)
      this.violations.push(`joined at ${seq}, missing ${missed}, after ${this.last}`);
    this.#joined = true;
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
    this.#later(() => {
      if (socket !== this.#socket) return;
      if (key !== undefined) this.#sendMessage(String(key));
      else if (!this.#joined) this.#join();
    });
  }

  #later(work: () => void): void {
    void sleep(retryMilliseconds).then(() => {
      if (!this.#ended) work();
    });
  }

  #count(what: string): void {
    this.trouble[what] = (this.trouble[what] ?? 0) + 1;
  }
}
