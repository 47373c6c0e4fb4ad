import { vi } from "vitest";
import type { Message } from "../../../../services/contract/rooms";
import type { AccessToken, LiveSocket, SocketEvents } from "../../../../services/web/src/live/connection";
import type { ClientFrame, ServerFrame } from "../../../../services/web/src/live/protocol";

export const ada = { id: "a0000000-0000-4000-8000-000000000000", name: "Ada" };
export const bob = { id: "b0000000-0000-4000-8000-000000000000", name: "Bob" };
export const lobby = "c0000000-0000-4000-8000-000000000000";

export const message = (seq: number, body = `message ${seq}`): Message => ({
  id: `d0000000-0000-4000-8000-${String(seq).padStart(12, "0")}`,
  room: lobby,
  seq,
  user: bob,
  body,
  sentAt: "2026-01-01T00:00:00.000Z",
});

/** The server's side of one connection. */
export class FakeSocket implements LiveSocket {
  readonly sent: ClientFrame[] = [];
  closedWith: number | undefined | "open" = "open";

  constructor(readonly events: SocketEvents) {}

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(code?: number): void {
    this.closedWith = code;
  }

  say(frame: ServerFrame): void {
    this.events.received(JSON.stringify(frame));
  }

  of<Type extends ClientFrame["type"]>(type: Type): Extract<ClientFrame, { type: Type }>[] {
    return this.sent.filter((frame): frame is Extract<ClientFrame, { type: Type }> => frame.type === type);
  }

  /** Opens, and takes the token that is sent. */
  async welcome(): Promise<void> {
    this.events.opened();
    await vi.advanceTimersByTimeAsync(0);
    this.say({ type: "welcome", user: ada, instance: "one" });
  }
}

/** A network whose sockets a test opens and closes. */
export class FakeNetwork {
  readonly sockets: FakeSocket[] = [];
  readonly asked: (string | undefined)[] = [];
  /** Answers to the next requests for a token; the first one stays when there is no other. */
  tokens: (() => AccessToken | undefined)[] = [
    () => ({ token: `token ${this.asked.length}`, expiresAt: Date.now() + 15 * 60_000 }),
  ];

  readonly open = (events: SocketEvents): FakeSocket => {
    const socket = new FakeSocket(events);
    this.sockets.push(socket);
    return socket;
  };

  readonly token = async (refused?: string): Promise<AccessToken | undefined> => {
    this.asked.push(refused);
    const [next] = this.tokens.length > 1 ? this.tokens.splice(0, 1) : this.tokens;
    return next?.();
  };

  get last(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  }
}
