import type { User } from "../contract/accounts";
import type { ClientFrame } from "../contract/frames";
import type { Publisher } from "../runtime/publisher";
import type { Store } from "../runtime/store/store";
import { type Connection, type Following, type FollowingDependencies, notJoined } from "./following";

export interface HandlingDependencies extends FollowingDependencies {
  readonly store: FollowingDependencies["store"] & { readonly messages: Pick<Store["messages"], "post"> };
  readonly publisher: Pick<Publisher, "message" | "room">;
}

/** Does what a frame of a user asks for, and answers it. Throws Problem and FrameError. */
export async function carryOut(
  frame: Exclude<ClientFrame, { type: "auth" }>,
  user: User,
  connection: Connection,
  following: Following,
  dependencies: HandlingDependencies,
): Promise<void> {
  switch (frame.type) {
    case "join":
      return following.join(user, frame.room, frame.after);
    case "leave":
      following.leave(frame.room);
      return connection.send({ type: "left", room: frame.room });
    case "message":
      return post(frame, user, connection, following, dependencies);
    case "typing":
      return following.typing(user, frame.room, frame.typing);
    case "ping":
      return connection.send({ type: "pong" });
  }
}

async function post(
  { room, body, key }: Extract<ClientFrame, { type: "message" }>,
  user: User,
  connection: Connection,
  following: Following,
  { store, publisher, feeds }: HandlingDependencies,
): Promise<void> {
  if (!following.has(room)) throw notJoined();
  const { message, replayed, outboxId } = await store.messages.post(user, room, body, key);
  if (key !== undefined) connection.send({ type: "ack", room, key, id: message.id, seq: message.seq });
  if (replayed) return;
  feeds.posted(message);
  publisher.message(message, outboxId);
}
