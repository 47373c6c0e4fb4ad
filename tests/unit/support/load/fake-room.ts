import type { WebSocket } from "ws";

interface Message {
  readonly type: "message";
  readonly seq: number;
  readonly id: string;
}

export interface ClientFrame {
  readonly type: string;
  readonly after?: number;
  readonly key?: string;
}

/** As much of a room as the clients need: it numbers messages, and stores each key once. */
export class FakeRoom {
  readonly messages: Message[] = [];
  readonly followers = new Set<WebSocket>();
  /** Numbers of messages that come to nobody, as if they were lost. */
  readonly lost = new Set<number>();
  readonly #seqs = new Map<string, number>();

  receive({ type, after, key = "" }: ClientFrame, socket: WebSocket): void {
    if (type === "join") this.#join(socket, after);
    else if (type === "message") this.#post(socket, key);
  }

  #join(socket: WebSocket, after = 0): void {
    for (const message of this.messages.slice(after)) socket.send(JSON.stringify(message));
    socket.send(JSON.stringify({ type: "joined", seq: this.messages.length, missed: 0 }));
    this.followers.add(socket);
    socket.once("close", () => this.followers.delete(socket));
  }

  #post(socket: WebSocket, key: string): void {
    const known = this.#seqs.get(key);
    const seq = known ?? this.messages.length + 1;
    if (known === undefined) {
      this.#seqs.set(key, seq);
      const message: Message = { type: "message", seq, id: `id-${seq}` };
      this.messages.push(message);
      if (!this.lost.has(seq)) for (const follower of this.followers) follower.send(JSON.stringify(message));
    }
    socket.send(JSON.stringify({ type: "ack", key, seq }));
  }
}
