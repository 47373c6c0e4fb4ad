import { expect } from "vitest";
import { WebSocket } from "ws";
import {
  type ClientFrame,
  type ServerFrame,
  serverFrame,
  subprotocol,
  tokenSubprotocolPrefix,
} from "../../../services/contract/frames";
import { expectNothingInternal } from "./call";
import type { ContractTarget } from "./target";

type FrameType = ServerFrame["type"];
export type FrameOf<Type extends FrameType> = Extract<ServerFrame, { type: Type }>;

/** A WebSocket that keeps every frame, each checked against the contract. */
export class Peer {
  readonly frames: ServerFrame[] = [];
  /** Code and reason, once the connection is closed. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  #wrong: unknown;
  readonly #listeners = new Set<() => void>();

  private constructor(readonly socket: WebSocket) {
    socket.on("message", (data, binary) => this.#take(String(data), binary));
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.#tell();
    });
    socket.on("error", () => undefined);
  }

  /** A connection that has not said who it is. */
  static async open(target: ContractTarget, protocols: readonly string[] = [], path = ""): Promise<Peer> {
    const peer = new Peer(new WebSocket(target.sockets + path, [...protocols], target.client().connection));
    await new Promise<void>((resolve, reject) => peer.socket.once("open", resolve).once("error", reject));
    return peer;
  }

  /** A connection of somebody who is welcome. */
  static async of(target: ContractTarget, { token }: { token: string }): Promise<Peer> {
    const peer = await Peer.open(target, [subprotocol, `${tokenSubprotocolPrefix}${token}`]);
    await peer.one("welcome");
    return peer;
  }

  /** One that follows rooms. */
  static async in(target: ContractTarget, person: { token: string }, ...rooms: string[]): Promise<Peer> {
    const peer = await Peer.of(target, person);
    for (const room of rooms) await peer.join(room);
    return peer;
  }

  #take(text: string, binary: boolean): void {
    try {
      expect(binary).toBe(false);
      expectNothingInternal(text);
      const json: unknown = JSON.parse(text);
      const frame = serverFrame.parse(json);
      expect(json).toEqual(frame);
      this.frames.push(frame);
    } catch (error) {
      this.#wrong ??= error;
    }
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  send(frame: ClientFrame): void {
    this.sendRaw(JSON.stringify(frame));
  }

  sendRaw(data: string | Buffer): void {
    this.socket.send(data);
  }

  of<Type extends FrameType>(type: Type): FrameOf<Type>[] {
    return this.frames.filter((frame): frame is FrameOf<Type> => frame.type === type);
  }

  /** Waits until the frames of a type that match are this many, and answers them. */
  async some<Type extends FrameType>(
    type: Type,
    count: number,
    matches: (frame: FrameOf<Type>) => boolean = () => true,
    seconds = 15,
  ): Promise<FrameOf<Type>[]> {
    const found = () => {
      const all = this.of(type).filter(matches);
      return all.length >= count ? all : undefined;
    };
    const last = () => JSON.stringify(this.frames.slice(-5)).slice(0, 1_000);
    return this.#until(() => `${count} frames of type ${type} among ${last()}`, found, seconds);
  }

  /** Looks after every event of the connection whether there is an answer. */
  #until<T>(what: () => string, ask: () => T | undefined, seconds: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.#listeners.delete(look);
      };
      const look = () => {
        if (this.#wrong !== undefined) {
          end();
          reject(this.#wrong);
          return;
        }
        const answer = ask();
        if (answer === undefined) return;
        end();
        resolve(answer);
      };
      const timer = setTimeout(() => {
        end();
        const closed = this.closed === undefined ? "" : `; it was closed with ${this.closed.code}`;
        reject(new Error(`waited ${seconds} s for ${what()}${closed}`));
      }, seconds * 1_000);
      this.#listeners.add(look);
      look();
    });
  }

  /** The first frame of a type that matches. */
  async one<Type extends FrameType>(
    type: Type,
    matches?: (frame: FrameOf<Type>) => boolean,
  ): Promise<FrameOf<Type>> {
    const [frame] = await this.some(type, 1, matches);
    if (frame === undefined) throw new Error(`there is no ${type}`);
    return frame;
  }

  /** Waits until the server has handled everything that was sent before. */
  async settled(): Promise<void> {
    const before = this.of("pong").length;
    this.send({ type: "ping" });
    await this.some("pong", before + 1);
  }

  /** Sends a frame and answers the `error` that it brings. */
  async refusal(frame: string | Buffer | ClientFrame): Promise<FrameOf<"error">> {
    const before = this.of("error").length;
    if (typeof frame === "string" || Buffer.isBuffer(frame)) this.sendRaw(frame);
    else this.send(frame);
    const errors = await this.some("error", before + 1);
    const last = errors.at(-1);
    if (last === undefined) throw new Error("there is no error");
    return last;
  }

  async join(room: string, after?: number): Promise<FrameOf<"joined">> {
    const before = this.of("joined").length;
    this.send({ type: "join", room, ...(after === undefined ? {} : { after }) });
    const joined = (await this.some("joined", before + 1)).at(-1);
    if (joined === undefined) throw new Error("there is no joined");
    return joined;
  }

  /** Waits for the end of the connection; its code. */
  async closing(seconds = 15): Promise<number> {
    const { code } = await this.#until(
      () => "the connection to close",
      () => this.closed,
      seconds,
    );
    return code;
  }

  close(): void {
    this.socket.close();
  }
}
