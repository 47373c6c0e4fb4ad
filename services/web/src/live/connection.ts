import { type BackOff, pause } from "./back-off";
import { type ClientFrame, closeCodes, deadConnection, parseFrame, type ServerFrame } from "./protocol";

/** What is used of a browser's WebSocket. */
export interface LiveSocket {
  send(data: string): void;
  close(code?: number): void;
}

/** What is heard of it. */
export interface SocketEvents {
  opened(): void;
  received(data: unknown): void;
  closed(code: number): void;
}

/** An access token and the time of its end (milliseconds since 1970). */
export interface AccessToken {
  readonly token: string;
  readonly expiresAt: number;
}

export type ConnectionStatus =
  | { readonly state: "connecting" }
  | { readonly state: "online" }
  /** Not connected; tried again at this time (milliseconds since 1970). */
  | { readonly state: "waiting"; readonly until: number }
  /** Ended by `stop`, or because there is no session any more. */
  | { readonly state: "stopped" };

export interface ConnectionOptions {
  readonly open: (events: SocketEvents) => LiveSocket;
  /**
   * The session's access token; with `refused`, another one than that. Answers undefined when the session has ended,
   * and rejects when that cannot be told now.
   */
  readonly token: (refused?: string) => Promise<AccessToken | undefined>;
  /** The server has accepted the token on a new connection. */
  readonly onReady: () => void;
  readonly onFrame: (frame: ServerFrame) => void;
  readonly onStatus: (status: ConnectionStatus) => void;
  readonly random?: () => number;
  readonly now?: () => number;
}

/** Milliseconds. */
const timing = {
  /** A connection that is not ready after this long is given up. */
  ready: 10_000,
  /** Without any frame for this long the server is asked for a sign of life ... */
  silence: 20_000,
  /** ... which must come within this time. */
  answer: 8_000,
  /** A token is replaced this long before its end. */
  renewal: 60_000,
  /** A restart sends everybody away at once; they come back spread over this. */
  restart: 1_000,
} as const;

const usual: BackOff = { base: 500, most: 30_000 };
/** Where the server has said that it is overloaded, or that this client is what loads it. */
const patient: BackOff = { base: 4_000, most: 60_000 };

/** One WebSocket at a time, signed in, kept alive, and opened again for as long as it is wanted. */
export class Connection {
  #socket: LiveSocket | undefined;
  #status: ConnectionStatus = { state: "stopped" };
  /** Failures since the server was last ready. */
  #attempt = 0;
  #token: AccessToken | undefined;
  /** The token that the server has refused last. */
  #refused: string | undefined;
  #ready = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #life: ReturnType<typeof setTimeout> | undefined;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  readonly #random: () => number;
  readonly #now: () => number;

  constructor(private readonly options: ConnectionOptions) {
    this.#random = options.random ?? Math.random;
    this.#now = options.now ?? Date.now;
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  start(): void {
    if (this.#status.state === "stopped") this.#connect();
  }

  stop(): void {
    this.#drop(1000);
    this.#set({ state: "stopped" });
  }

  /** The network or the window is back: a pause ends now, and a connection that may be dead is asked for a sign of life. */
  wake(): void {
    if (this.#status.state === "waiting") this.#connect();
    else if (this.#ready) this.#ask();
  }

  /** Sends on a connection that is ready; answers whether there is one. */
  send(frame: ClientFrame): boolean {
    if (!this.#ready) return false;
    this.#socket?.send(JSON.stringify(frame));
    return true;
  }

  #connect(): void {
    this.#drop();
    this.#set({ state: "connecting" });
    this.#timer = setTimeout(() => this.#lost(deadConnection), timing.ready);
    const socket = this.options.open({
      opened: () => void this.#signIn(socket),
      received: (data) => this.#receive(socket, data),
      closed: (code) => socket === this.#socket && this.#lost(code),
    });
    this.#socket = socket;
  }

  async #signIn(socket: LiveSocket): Promise<void> {
    if (socket !== this.#socket) return;
    const token = await this.options.token(this.#refused).catch(() => null);
    if (socket !== this.#socket) return;
    if (token === undefined) return this.stop();
    if (token === null) return this.#lost(closeCodes.tryAgainLater);
    this.#token = token;
    socket.send(JSON.stringify({ type: "auth", token: token.token } satisfies ClientFrame));
  }

  #receive(socket: LiveSocket, data: unknown): void {
    if (socket !== this.#socket) return;
    if (this.#ready) this.#expectLife();
    const frame = parseFrame(data);
    if (frame === undefined || frame.type === "pong") return;
    if (frame.type === "welcome") this.#welcome();
    else this.options.onFrame(frame);
  }

  /** At first, or for a renewed token. */
  #welcome(): void {
    this.#refused = undefined;
    this.#renewLater();
    if (this.#ready) return;
    clearTimeout(this.#timer);
    this.#ready = true;
    this.#attempt = 0;
    this.#expectLife();
    this.#set({ state: "online" });
    this.options.onReady();
  }

  #renewLater(): void {
    clearTimeout(this.#renewal);
    const { token, expiresAt } = this.#token ?? { token: "", expiresAt: 0 };
    const due = Math.max(1_000, expiresAt - this.#now() - timing.renewal);
    this.#renewal = setTimeout(() => void this.#renew(token), due);
  }

  /** The server takes a fresh token on the open connection, which saves a reconnect every quarter of an hour. */
  async #renew(old: string): Promise<void> {
    const socket = this.#socket;
    // What fails here is tried again when the server refuses the old token.
    const token = await this.options.token(old).catch(() => null);
    if (token === null || socket === undefined || socket !== this.#socket) return;
    if (token === undefined) return this.stop();
    this.#token = token;
    this.send({ type: "auth", token: token.token });
  }

  #expectLife(): void {
    clearTimeout(this.#life);
    this.#life = setTimeout(() => this.#ask(), timing.silence);
  }

  #ask(): void {
    clearTimeout(this.#life);
    this.send({ type: "ping" });
    this.#life = setTimeout(() => this.#lost(deadConnection), timing.answer);
  }

  /** What the contract says that clients do after each close code. */
  #lost(code: number): void {
    const wasReady = this.#ready;
    this.#drop(code === deadConnection ? deadConnection : undefined);
    if (code === closeCodes.unauthorized) this.#wasRefused();
    else if (code === closeCodes.serviceRestart && wasReady)
      this.#waitFor(Math.round(this.#random() * timing.restart));
    else this.#wait(code === closeCodes.tooManyFrames || code === closeCodes.tryAgainLater ? patient : usual);
  }

  #wasRefused(): void {
    const first = this.#refused === undefined;
    this.#refused = this.#token?.token;
    // A fresh token that is refused as well will not be accepted faster by insisting.
    if (first) this.#connect();
    else this.#wait(patient);
  }

  #wait(backOff: BackOff): void {
    const milliseconds = pause(this.#attempt, backOff, this.#random);
    this.#attempt += 1;
    this.#waitFor(milliseconds);
  }

  #waitFor(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#connect(), milliseconds);
    this.#set({ state: "waiting", until: this.#now() + milliseconds });
  }

  /** Forgets the socket; what it still says is not heard. */
  #drop(code?: number): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#life);
    clearTimeout(this.#renewal);
    const socket = this.#socket;
    this.#socket = undefined;
    this.#ready = false;
    if (socket !== undefined) socket.close(code);
  }

  #set(status: ConnectionStatus): void {
    this.#status = status;
    this.options.onStatus(status);
  }
}
