import { roomChannel, userChannel } from "../contract/channels";
import {
  type ClientFrame,
  clientFrame,
  closeCodes,
  type ServerFrame,
  socketLimits,
} from "../contract/frames";
import { Problem } from "../contract/problems";
import { instance, type Logger } from "../runtime/log";
import type { SocketMetrics } from "../runtime/metrics";
import type { Publisher } from "../runtime/publisher";
import type { Store } from "../runtime/store/store";
import type { Principal, Tokens } from "../runtime/tokens";
import { asRedis } from "../runtime/unavailable";
import type { FanOut, Member } from "./fan-out";

/** What a session needs of a WebSocket. */
export interface ClientSocket {
  /** Bytes that wait to be sent. */
  readonly bufferedAmount: number;
  send(frame: Buffer | string, options: { binary: false }): void;
  close(code: number, reason: string): void;
  terminate(): void;
  ping(): void;
  pause(): void;
  resume(): void;
}

export interface SessionDependencies {
  readonly log: Pick<Logger, "debug" | "error">;
  readonly store: Pick<Store, "lastSequence" | "postMessage">;
  readonly publisher: Pick<Publisher, "message">;
  readonly tokens: Pick<Tokens, "verify">;
  readonly fanOut: FanOut;
  readonly metrics: SocketMetrics;
}

/** Milliseconds that a client has to answer a close before its connection is cut. */
const closeMilliseconds = 5_000;

/** One connection: who it is, which rooms it follows, and its frames, handled one after the other. */
export class Session implements Member {
  #principal: Principal | undefined;
  readonly #rooms = new Set<string>();
  #ended = false;
  #alive = true;
  #waiting = 0;
  #paused = false;
  #work: Promise<void> = Promise.resolve();
  readonly #authentication: NodeJS.Timeout;
  #cut: NodeJS.Timeout | undefined;

  constructor(
    private readonly socket: ClientSocket,
    private readonly dependencies: SessionDependencies,
  ) {
    this.#authentication = setTimeout(
      () => this.close(closeCodes.authenticationTimeout, "no auth frame in time"),
      socketLimits.authenticationMilliseconds,
    );
  }

  /** Handles a frame after those before it. A client that sends faster than that is read from no further. */
  receive(data: Buffer, binary: boolean): Promise<void> {
    this.dependencies.metrics.messages.inc({ direction: "in" });
    this.#waiting += 1;
    if (!this.#paused && this.#waiting >= socketLimits.queuedFrames) {
      this.#paused = true;
      this.socket.pause();
    }
    this.#work = this.#work.then(async () => {
      if (!this.#ended) await this.#handle(data, binary);
      this.#waiting -= 1;
      if (this.#paused && this.#waiting < socketLimits.queuedFrames / 2) {
        this.#paused = false;
        this.socket.resume();
      }
    });
    return this.#work;
  }

  /** Sends a published frame; a client that does not keep up is closed instead of filling the memory. */
  deliver(frame: Buffer | string): void {
    if (this.#ended) return;
    if (this.socket.bufferedAmount > socketLimits.bufferedBytes) {
      this.close(closeCodes.slowClient, "the client reads too slowly");
      return;
    }
    this.dependencies.metrics.messages.inc({ direction: "out" });
    this.socket.send(frame, { binary: false });
  }

  /** Called at every heartbeat: a client that did not answer the last ping is gone. */
  heartbeat(): void {
    if (this.#ended) return;
    if (!this.#alive) {
      this.socket.terminate();
    } else if (this.#principal !== undefined && this.#principal.expiresAt <= Date.now()) {
      this.close(closeCodes.unauthorized, "the access token has expired");
    } else {
      this.#alive = false;
      this.socket.ping();
    }
  }

  pong(): void {
    this.#alive = true;
  }

  /** Ends the conversation: nothing is handled or delivered any more. */
  close(code: number, reason: string): void {
    if (this.#ended) return;
    this.#end();
    this.socket.close(code, reason);
    this.#cut = setTimeout(() => this.socket.terminate(), closeMilliseconds);
  }

  terminate(): void {
    this.#end();
    this.socket.terminate();
  }

  /** The connection is closed. */
  closed(): void {
    this.#end();
    clearTimeout(this.#cut);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#authentication);
    const { fanOut } = this.dependencies;
    for (const room of this.#rooms) fanOut.leave(roomChannel(room), this);
    if (this.#principal !== undefined) fanOut.leave(userChannel(this.#principal.user.id), this);
  }

  #send(frame: ServerFrame): void {
    this.deliver(JSON.stringify(frame));
  }

  #error(code: string, detail: string): void {
    this.#send({ type: "error", code, detail });
  }

  async #handle(data: Buffer, binary: boolean): Promise<void> {
    const frame = binary ? undefined : parse(data);
    try {
      if (this.#principal === undefined) await this.#authenticate(frame);
      else if (frame === undefined) this.#error("malformed_frame", "The frame does not match the protocol.");
      else await this.#dispatch(frame, this.#principal);
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) {
        this.dependencies.log.error(
          { err: error instanceof Problem ? error.cause : error },
          "a frame failed",
        );
      }
      if (error instanceof Problem) this.#error(error.code, error.detail);
      else this.#error("internal_error", "The frame could not be handled.");
    }
  }

  async #authenticate(frame: ClientFrame | undefined): Promise<void> {
    clearTimeout(this.#authentication);
    if (frame?.type !== "auth") {
      this.close(closeCodes.unauthorized, "the first frame must be an auth frame");
      return;
    }
    const { tokens, fanOut } = this.dependencies;
    let principal: Principal;
    try {
      principal = await tokens.verify(frame.token);
    } catch {
      this.close(closeCodes.unauthorized, "the access token is not valid");
      return;
    }
    try {
      await asRedis(() => this.#follow(userChannel(principal.user.id)));
    } catch {
      this.close(closeCodes.tryAgainLater, "a store does not answer");
      return;
    }
    if (this.#ended) {
      fanOut.leave(userChannel(principal.user.id), this);
      return;
    }
    this.#principal = principal;
    this.#send({ type: "welcome", user: principal.user, instance });
  }

  #follow(channel: string): Promise<void> {
    return this.dependencies.fanOut.join(channel, this);
  }

  async #dispatch(frame: ClientFrame, principal: Principal): Promise<void> {
    switch (frame.type) {
      case "auth":
        return this.#error("already_authenticated", "This connection is authenticated already.");
      case "join":
        return this.#join(frame.room);
      case "leave":
        return this.#leave(frame.room);
      case "message":
        return this.#post(frame.room, frame.body, principal);
    }
  }

  async #join(room: string): Promise<void> {
    const { fanOut, store } = this.dependencies;
    if (!this.#rooms.has(room)) {
      if (this.#rooms.size >= socketLimits.roomsPerConnection) {
        return this.#error(
          "too_many_rooms",
          `A connection may join ${socketLimits.roomsPerConnection} rooms.`,
        );
      }
      await asRedis(() => this.#follow(roomChannel(room)));
    }
    try {
      // Asked after the subscription: a message is either counted in it or arrives as a frame, or both, never neither.
      const seq = await store.lastSequence(room);
      this.#rooms.add(room);
      this.#send({ type: "joined", room, seq });
    } catch (error) {
      if (!this.#rooms.has(room)) fanOut.leave(roomChannel(room), this);
      throw error;
    }
    if (this.#ended) fanOut.leave(roomChannel(room), this);
  }

  #leave(room: string): void {
    if (this.#rooms.delete(room)) this.dependencies.fanOut.leave(roomChannel(room), this);
    this.#send({ type: "left", room });
  }

  async #post(room: string, body: string, { user }: Principal): Promise<void> {
    if (!this.#rooms.has(room)) return this.#error("not_joined", "Join the room before posting to it.");
    const { store, publisher } = this.dependencies;
    const { value } = await store.postMessage(user, room, body);
    publisher.message(value);
  }
}

function parse(data: Buffer): ClientFrame | undefined {
  try {
    return clientFrame.parse(JSON.parse(data.toString("utf8")));
  } catch {
    return undefined;
  }
}
