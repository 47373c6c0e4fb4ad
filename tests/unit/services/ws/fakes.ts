/** A WebSocket server whose sockets, stores and Redis are in memory. */
import { randomUUID } from "node:crypto";
import { roomChannel } from "../../../../services/contract/channels";
import { Problem } from "../../../../services/contract/problems";
import type { Message } from "../../../../services/contract/rooms";
import { createRegistry, socketMetrics } from "../../../../services/runtime/metrics";
import type { Presence } from "../../../../services/runtime/presence";
import { messageFrame } from "../../../../services/runtime/publisher";
import { createTokens } from "../../../../services/runtime/tokens";
import { SocketApp } from "../../../../services/ws/app";
import { FanOut } from "../../../../services/ws/fan-out";
import { Feeds } from "../../../../services/ws/feeds";
import type { ClientSocket, Session } from "../../../../services/ws/session";

export const room = "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a11";
export const ada = { id: "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a12", name: "Ada" };
export const bob = { id: "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a13", name: "Bob" };
export const session = "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a14";
export const tokens = createTokens("k".repeat(32));

export type Frame = Record<string, unknown> & { readonly type: string };

export class FakeSocket implements ClientSocket {
  bufferedAmount = 0;
  /** What is called when the client has read what was sent. */
  readonly reads: (() => void)[] = [];
  readonly frames: Frame[] = [];
  readonly raw: (Buffer | string)[] = [];
  readonly calls: string[] = [];
  send(frame: Buffer | string, _options: unknown, sent?: () => void): void {
    this.raw.push(frame);
    this.frames.push(JSON.parse(frame.toString()));
    if (sent !== undefined) this.reads.push(sent);
  }
  close(code: number, reason: string): void {
    this.calls.push(`close ${code} ${reason}`);
  }
  terminate(): void {
    this.calls.push("terminate");
  }
  ping(): void {
    this.calls.push("ping");
  }
  pong(data: Buffer): void {
    this.calls.push(`pong ${data.toString()}`);
  }
  pause(): void {
    this.calls.push("pause");
  }
  resume(): void {
    this.calls.push("resume");
  }
  of(type: string): Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }
}

/** Switches that a test turns to let a store be away. */
export interface Stores {
  redis: boolean;
  postgres: boolean;
}

export const message = (seq: number, body = `m${seq}`, user = ada): Message => ({
  id: `6f0b4f1e-93a8-4c88-9a53-${String(seq).padStart(12, "0")}`,
  room,
  seq,
  user,
  body,
  sentAt: "2030-01-02T03:04:05.678Z",
});

/** One room, `room`, that everybody may follow who is not in `banned`. */
export function fakeServer() {
  const stores: Stores = { redis: true, postgres: true };
  const messages: Message[] = [];
  const keys = new Map<string, Message>();
  const subscriptions = new Set<string>();
  const published: { channel: string; frame: Frame }[] = [];
  const banned = new Set<string>();
  const ended = new Set<string>();
  /** Numbers of messages whose publication is lost. */
  const lost = new Set<number>();
  const errors: unknown[] = [];
  const answering = async (store: keyof Stores) => {
    if (!stores[store]) throw new Problem("store_unavailable", `${store} is away`);
  };
  const log = {
    debug: () => undefined,
    warn: (fields: unknown) => void errors.push(fields),
    error: (fields: unknown) => void errors.push(fields),
  };
  const fanOut = new FanOut(
    {
      subscribe: async (channel) => {
        await answering("redis");
        subscriptions.add(channel);
      },
      unsubscribe: async (channel) => void subscriptions.delete(channel),
    },
    log,
  );
  const publish = (channel: string, text: string): void => {
    if (!stores.redis) return;
    published.push({ channel, frame: JSON.parse(text) });
    if (subscriptions.has(channel)) fanOut.dispatch(channel, Buffer.from(text));
  };
  const entries = new Map<string, Set<string>>();
  const presence: Presence = {
    async enter(id, member) {
      await answering("redis");
      const members = entries.get(id) ?? new Set();
      entries.set(id, members.add(member));
      return [...members].map((entry) => {
        const [user = "", , name = ""] = entry.split(" ");
        return { id: user, name };
      });
    },
    leave: (id, member) => void entries.get(id)?.delete(member),
    renew: async () => undefined,
  };
  const registry = createRegistry();
  const metrics = socketMetrics(registry);
  const store = {
    rooms: {
      async follow(user: { id: string }, id: string) {
        await answering("postgres");
        if (id !== room) throw new Problem("room_not_found", `There is no room ${id}.`);
        if (banned.has(user.id)) throw new Problem("not_a_member", "Join the room first.");
        return { role: "member" as const, lastSeq: messages.length };
      },
    },
    messages: {
      async post(sender: { id: string; name: string }, id: string, body: string, key?: string) {
        await answering("postgres");
        if (banned.has(sender.id)) throw new Problem("not_a_member", "Join the room first.");
        const earlier = key === undefined ? undefined : keys.get(key);
        if (earlier !== undefined) return { message: earlier, replayed: true, outboxId: undefined };
        const made = { ...message(messages.length + 1, body, sender), room: id };
        messages.push(made);
        if (key !== undefined) keys.set(key, made);
        return { message: made, replayed: false, outboxId: String(made.seq) };
      },
      async after(_room: string, { after, limit }: { after: number; limit: number }) {
        await answering("postgres");
        const rest = messages.filter(({ seq }) => seq > after);
        const page = rest.slice(0, limit);
        return { messages: page, next: rest.length > limit ? (page.at(-1)?.seq ?? null) : null };
      },
    },
  };
  const feeds = new Feeds({
    fanOut,
    messages: store.messages,
    membership: {
      async among(_room, users) {
        await answering("postgres");
        return new Set(users.filter((id) => !banned.has(id)));
      },
    },
    log,
    metrics,
  });
  const app = new SocketApp({
    log,
    store,
    publisher: {
      message: (made) => {
        if (!lost.has(made.seq)) publish(roomChannel(made.room), messageFrame(made));
      },
      room: (id, frame) => publish(roomChannel(id), JSON.stringify(frame)),
    },
    tokens,
    endedSessions: { has: (id) => ended.has(id) },
    fanOut,
    feeds,
    presence,
    metrics,
  });
  return {
    app,
    feeds,
    stores,
    store,
    subscriptions,
    messages,
    published,
    publish,
    banned,
    ended,
    lost,
    errors,
    presence,
    entries,
    metrics: () => registry.metrics(),
  };
}

export type FakeServer = ReturnType<typeof fakeServer>;

export const send = (connection: Session, frame: unknown): Promise<void> =>
  connection.receive(Buffer.from(typeof frame === "string" ? frame : JSON.stringify(frame)), false);

export const issue = async (user = ada, seconds = 60, sessionId: string = session): Promise<string> =>
  (await tokens.issue({ user, role: "user", sessionId }, seconds)).token;

/** A connection that has said who it is. */
export async function connect(app: SocketApp, user = ada, seconds = 60) {
  const socket = new FakeSocket();
  const connection = app.accept(socket);
  await send(connection, { type: "auth", token: await issue(user, seconds) });
  return { socket, connection };
}

/** A connection that follows `room`, with what came after its `joined` frame cleared away. */
export async function joined(app: SocketApp, user = ada, after?: number) {
  const client = await connect(app, user);
  await send(client.connection, { type: "join", room, after });
  return client;
}

export const uuid = (): string => randomUUID();
