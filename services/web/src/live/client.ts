import { Observable } from "../observable";
import { Connection, type ConnectionOptions, type ConnectionStatus } from "./connection";
import type { FrameOf, ServerFrame } from "./protocol";
import { Room, type RoomOptions, type RoomView } from "./room";

/** What is live, as plain values; a new object after every change. */
export interface LiveState {
  readonly connection: ConnectionStatus;
  readonly rooms: Readonly<Record<string, RoomView>>;
}

export interface LiveOptions
  extends Pick<ConnectionOptions, "open" | "token" | "random" | "now">,
    Pick<RoomOptions, "history" | "newKey"> {
  readonly onJob: (frame: FrameOf<"job">) => void;
  /** The server is there, at first or again: what frames would have said meanwhile must be asked for. */
  readonly onOnline: () => void;
}

interface Followed {
  readonly room: Room;
  /** A room that is left is followed until what was written in it is stored. */
  wanted: boolean;
}

/** Everything live: one connection, the rooms that are followed over it, and the user's jobs. */
export class LiveClient {
  readonly state = new Observable<LiveState>({ connection: { state: "stopped" }, rooms: {} });
  readonly #rooms = new Map<string, Followed>();
  readonly #connection: Connection;

  constructor(private readonly options: LiveOptions) {
    this.#connection = new Connection({
      ...options,
      onFrame: (frame) => this.#receive(frame),
      onReady: () => {
        for (const { room } of this.#rooms.values()) room.join();
        options.onOnline();
        this.#changed();
      },
      onStatus: (status) => {
        if (status.state !== "online") for (const { room } of this.#rooms.values()) room.disconnected();
        this.#changed();
      },
    });
  }

  start(): void {
    this.#connection.start();
  }

  /** Ends the connection and forgets everything: another user may sign in next. */
  stop(): void {
    for (const { room } of this.#rooms.values()) room.close();
    this.#rooms.clear();
    this.#connection.stop();
    this.#changed();
  }

  /** Call it when the network or the window is back. */
  wake(): void {
    this.#connection.wake();
  }

  follow(id: string): Room {
    const known = this.#rooms.get(id);
    if (known !== undefined) {
      known.wanted = true;
      return known.room;
    }
    const { now = Date.now, random = Math.random } = this.options;
    const room = new Room(id, {
      ...this.options,
      now,
      random,
      send: (frame) => this.#connection.send(frame),
      changed: () => this.#changed(),
    });
    this.#rooms.set(id, { room, wanted: true });
    if (this.#connection.status.state === "online") room.join();
    this.#changed();
    return room;
  }

  /** A room that is followed. */
  room(id: string): Room | undefined {
    return this.#rooms.get(id)?.room;
  }

  leave(id: string): void {
    const followed = this.#rooms.get(id);
    if (followed === undefined) return;
    followed.wanted = false;
    this.#changed();
  }

  #receive(frame: ServerFrame): void {
    if (frame.type === "job") this.options.onJob(frame);
    else if ("room" in frame && frame.room !== undefined) this.#rooms.get(frame.room)?.room.receive(frame);
  }

  #changed(): void {
    for (const [id, { room, wanted }] of this.#rooms) {
      if (wanted || !room.settled) continue;
      this.#rooms.delete(id);
      room.close();
      this.#connection.send({ type: "leave", room: id });
    }
    this.state.set({
      connection: this.#connection.status,
      rooms: Object.fromEntries([...this.#rooms].map(([id, { room }]) => [id, room.view])),
    });
  }
}
