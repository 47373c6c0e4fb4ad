/** A WebSocket server whose sockets, stores and Redis are in memory. */
import { Problem } from "../../../../services/contract/problems";
import type { Message } from "../../../../services/contract/rooms";
import { createRegistry, socketMetrics } from "../../../../services/runtime/metrics";
import { createTokens } from "../../../../services/runtime/tokens";
import { SocketApp } from "../../../../services/ws/app";
import { FanOut } from "../../../../services/ws/fan-out";
import type { ClientSocket, Session } from "../../../../services/ws/session";

export const room = "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a11";
export const user = { id: "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a12", name: "Ada" };
export const tokens = createTokens("k".repeat(32));

export class FakeSocket implements ClientSocket {
  bufferedAmount = 0;
  readonly frames: Record<string, unknown>[] = [];
  readonly calls: string[] = [];
  send(frame: Buffer | string): void {
    this.frames.push(JSON.parse(frame.toString()));
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
  pause(): void {
    this.calls.push("pause");
  }
  resume(): void {
    this.calls.push("resume");
  }
}

/** Switches that a test turns to let a store be away. */
export interface Stores {
  redis: boolean;
  postgres: boolean;
}

export function fakeServer() {
  const stores: Stores = { redis: true, postgres: true };
  const messages: Message[] = [];
  const subscriptions = new Set<string>();
  const answering = async (store: keyof Stores) => {
    if (!stores[store]) throw new Problem("store_unavailable", `${store} is away`);
  };
  const fanOut = new FanOut({
    subscribe: async (channel) => {
      await answering("redis");
      subscriptions.add(channel);
    },
    unsubscribe: async (channel) => void subscriptions.delete(channel),
  });
  const registry = createRegistry();
  const app = new SocketApp({
    log: { debug: () => undefined, error: () => undefined },
    store: {
      async lastSequence(id) {
        await answering("postgres");
        if (id !== room) throw new Problem("room_not_found", `There is no room ${id}.`);
        return messages.length;
      },
      async postMessage(sender, id, body) {
        await answering("postgres");
        const message = {
          id: user.id,
          room: id,
          seq: messages.length + 1,
          user: sender,
          body,
          sentAt: "now",
        };
        messages.push(message);
        return { value: message, replayed: false };
      },
    },
    publisher: {
      message: (message) =>
        fanOut.dispatch(
          `backline:room:${message.room}`,
          Buffer.from(JSON.stringify({ type: "message", ...message })),
        ),
    },
    tokens,
    fanOut,
    metrics: socketMetrics(registry),
  });
  return { app, fanOut, stores, subscriptions, messages, metrics: () => registry.metrics() };
}

export const send = (session: Session, frame: unknown): Promise<void> =>
  session.receive(Buffer.from(typeof frame === "string" ? frame : JSON.stringify(frame)), false);

/** A connection that has said who it is. */
export async function connect(app: SocketApp, seconds = 60) {
  const socket = new FakeSocket();
  const session = app.accept(socket);
  const { token } = await tokens.issue(user, seconds);
  await send(session, { type: "auth", token });
  return { socket, session };
}
