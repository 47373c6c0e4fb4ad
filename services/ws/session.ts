import { randomUUID } from "node:crypto";
import { userChannel } from "../contract/channels";
import { type ClientFrame, closeCodes, type ServerFrame, socketLimits } from "../contract/frames";
import { Problem } from "../contract/problems";
import { instance, type Logger } from "../runtime/log";
import type { SocketMetrics } from "../runtime/metrics";
import { presenceMember } from "../runtime/presence";
import type { Principal } from "../runtime/tokens";
import { asRedis } from "../runtime/unavailable";
import { type AuthenticationDependencies, authenticate, Refusal, unauthorized } from "./authentication";
import type { FanOut, Listener } from "./fan-out";
import { type Connection, Following } from "./following";
import { contentOf, errorFrame, FrameError, subjectOf, toClientFrame } from "./frames";
import { carryOut, type HandlingDependencies } from "./handling";
import { closeMilliseconds, FrameAllowance, replayBytes, replayMilliseconds } from "./limits";
import type { Published } from "./published";

/** What a session needs of a WebSocket. */
export interface ClientSocket {
  /** Bytes that wait to be sent. */
  readonly bufferedAmount: number;
  send(frame: Buffer | string, options: { binary: false }, sent?: () => void): void;
  close(code: number, reason: string): void;
  terminate(): void;
  ping(): void;
  pong(data: Buffer): void;
  pause(): void;
  resume(): void;
}

export interface SessionDependencies extends HandlingDependencies, AuthenticationDependencies {
  readonly log: Pick<Logger, "debug" | "error">;
  readonly fanOut: FanOut;
  readonly metrics: SocketMetrics;
}

/** One connection: who it is, and its frames, handled one after the other. It has no timers: see `tick`. */
export class Session implements Connection, Listener {
  readonly #id = randomUUID();
  readonly #following: Following;
  readonly #allowance: FrameAllowance;
  #principal: Principal | undefined;
  #presenceMember = "";
  #ended = false;
  #alive = true;
  #waiting = 0;
  #paused = false;
  #work: Promise<void> = Promise.resolve();
  #nextPing: number;
  /** When to close for want of a token, to cut a close that is not answered, or to give up a replay. */
  #deadline: number;

  /** `authenticating` is called when the client has sent a token, whatever comes of it. */
  constructor(
    private readonly socket: ClientSocket,
    private readonly dependencies: SessionDependencies,
    private readonly authenticating: (session: Session) => void,
  ) {
    const now = Date.now();
    this.#following = new Following(this, dependencies);
    this.#allowance = new FrameAllowance(now);
    this.#deadline = now + socketLimits.authenticationMilliseconds;
    this.#nextPing = now + socketLimits.heartbeatMilliseconds;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get userId(): string {
    return this.#principal?.user.id ?? "";
  }

  get sessionId(): string | undefined {
    return this.#principal?.sessionId;
  }

  get presenceMember(): string {
    return this.#presenceMember;
  }

  /** A token that came with the connection: the client need not send an `auth` frame. */
  present(token: string): Promise<void> {
    return this.#enqueue(() => this.#handle({ type: "auth", token }, {}));
  }

  /** Handles a frame after those before it. A client that sends faster than that is read from no further. */
  receive(data: Buffer, binary: boolean): Promise<void> {
    if (this.#ended) return this.#work;
    this.dependencies.metrics.messages.inc({ direction: "in" });
    if (!this.#allowed(() => subjectOf(contentOf(data, binary)))) return this.#work;
    this.#waiting += 1;
    if (!this.#paused && this.#waiting >= socketLimits.queuedFrames) {
      this.#paused = true;
      this.socket.pause();
    }
    return this.#enqueue(async () => {
      if (!this.#ended) await this.#content(contentOf(data, binary));
      this.#waiting -= 1;
      if (this.#paused && this.#waiting < socketLimits.queuedFrames / 2) {
        this.#paused = false;
        this.socket.resume();
      }
    });
  }

  /** A WebSocket ping: counts as a frame, and is not answered when the client reads no answers. */
  pinged(data: Buffer): void {
    if (this.#ended || !this.#allowed()) return;
    if (this.socket.bufferedAmount <= socketLimits.bufferedBytes) this.socket.pong(data);
  }

  revoke(room: string): void {
    if (!this.#following.has(room)) return;
    this.#following.revoke(room);
    this.send({ type: "left", room });
  }

  /** A frame on the user's channel. */
  onPublished(published: Published, frame: Buffer): void {
    if (published.type === "left") this.#following.revoke(published.room);
    if (this.deliver(frame)) this.dependencies.metrics.messages.inc({ direction: "out" });
  }

  /**
   * Sends a published frame; a client that does not keep up is closed instead of filling the memory. Not counted: who
   * delivers to many counts them together.
   */
  deliver(frame: Buffer | string): boolean {
    if (this.#ended) return false;
    if (this.socket.bufferedAmount > socketLimits.bufferedBytes) {
      this.close(closeCodes.slowClient, "the client reads too slowly");
      return false;
    }
    this.socket.send(frame, { binary: false });
    return true;
  }

  send(frame: ServerFrame): void {
    if (this.deliver(JSON.stringify(frame))) this.dependencies.metrics.messages.inc({ direction: "out" });
  }

  sendPaced(frame: Buffer): Promise<void> | undefined {
    if (this.#ended) return undefined;
    this.dependencies.metrics.messages.inc({ direction: "out" });
    if (this.socket.bufferedAmount < replayBytes) {
      this.socket.send(frame, { binary: false });
      return undefined;
    }
    this.#deadline = Date.now() + replayMilliseconds;
    return new Promise((resolve) => {
      this.socket.send(frame, { binary: false }, () => {
        if (!this.#ended) this.#deadline = Number.POSITIVE_INFINITY;
        resolve();
      });
    });
  }

  /** Called every second or so: looks at everything that depends on the time. */
  tick(now: number): void {
    if (now >= this.#deadline) this.#late();
    if (this.#ended) return;
    if (this.#principal !== undefined && now >= this.#principal.expiresAt) {
      this.close(closeCodes.unauthorized, "the access token has expired");
    } else if (now >= this.#nextPing) {
      this.#nextPing = now + socketLimits.heartbeatMilliseconds;
      this.#beat();
    }
  }

  /** The client has answered a ping. */
  pong(): void {
    this.#alive = true;
  }

  /** Ends the conversation: nothing is handled or delivered any more. */
  close(code: number, reason: string): void {
    if (this.#ended) return;
    this.#end();
    this.dependencies.log.debug(
      { connection: this.#id, userId: this.userId, code },
      "a connection is closed",
    );
    this.#deadline = Date.now() + closeMilliseconds;
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.#end();
    this.socket.terminate();
  }

  /** The connection is closed. */
  closed(): void {
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#following.end();
    if (this.#principal !== undefined) this.dependencies.fanOut.leave(userChannel(this.userId), this);
  }

  #beat(): void {
    // A connection that is not read from cannot be heard to answer.
    if (this.#alive || this.#paused) {
      this.#alive = false;
      this.socket.ping();
    } else this.terminate();
  }

  #late(): void {
    if (this.#ended) this.socket.terminate();
    else if (this.#principal === undefined)
      this.close(closeCodes.authenticationTimeout, "no auth frame in time");
    else this.close(closeCodes.slowClient, "the client reads too slowly");
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work);
    return this.#work;
  }

  #allowed(subject: () => ReturnType<typeof subjectOf> = () => ({})): boolean {
    const verdict = this.#allowance.take(Date.now());
    if (verdict === "refused") {
      const problem = new Problem("rate_limited", "The connection sends too many frames; send fewer.");
      this.send(errorFrame(problem, subject()));
    } else if (verdict === "exhausted") this.close(closeCodes.tooManyFrames, "too many frames");
    return verdict === "taken";
  }

  async #content(content: unknown): Promise<void> {
    let frame: ClientFrame;
    try {
      frame = toClientFrame(content);
    } catch (error) {
      if (this.#principal !== undefined) return this.send(errorFrame(error, subjectOf(content)));
      this.authenticating(this);
      return this.close(closeCodes.unauthorized, "the first frame must be an auth frame");
    }
    const ended = this.dependencies.metrics.handling.startTimer({ type: frame.type });
    await this.#handle(frame, content);
    ended();
  }

  async #handle(frame: ClientFrame, content: unknown): Promise<void> {
    try {
      if (frame.type === "auth") await this.#authenticate(frame.token);
      else if (this.#principal === undefined) throw unauthorized("the first frame must be an auth frame");
      else await carryOut(frame, this.#principal.user, this, this.#following, this.dependencies);
    } catch (error) {
      if (error instanceof Refusal) return this.close(error.code, error.reason);
      const expected = error instanceof FrameError || (error instanceof Problem && error.status < 500);
      if (!expected)
        this.dependencies.log.error(
          {
            err: error instanceof Problem ? error.cause : error,
            connection: this.#id,
            userId: this.userId,
            frame: frame.type,
          },
          "a frame failed",
        );
      this.send(errorFrame(error, subjectOf(content)));
    }
  }

  async #authenticate(token: string): Promise<void> {
    this.authenticating(this);
    const first = this.#principal === undefined;
    const { fanOut, log, endedSessions } = this.dependencies;
    const principal = await authenticate(token, this.#principal, this.dependencies);
    if (first) {
      try {
        await asRedis(() => fanOut.join(userChannel(principal.user.id), this));
      } catch {
        throw new Refusal(closeCodes.tryAgainLater, "a store does not answer");
      }
    }
    const over = this.#ended || endedSessions.has(principal.sessionId);
    if (over && first) fanOut.leave(userChannel(principal.user.id), this);
    if (this.#ended) return;
    if (over) throw unauthorized("the session has ended");
    this.#principal = principal;
    if (first) {
      this.#deadline = Number.POSITIVE_INFINITY;
      this.#presenceMember = presenceMember(principal.user, this.#id);
      log.debug({ connection: this.#id, userId: principal.user.id }, "a connection is authenticated");
    }
    this.send({ type: "welcome", user: principal.user, instance });
  }
}
