import { randomUUID } from "node:crypto";
import type { User } from "../../../../../services/contract/accounts";
import { Problem } from "../../../../../services/contract/problems";
import type { Message, MessagesPage, MessagesQuery } from "../../../../../services/contract/rooms";
import type { Messages } from "../../../../../services/runtime/store/messages";
import type { Once } from "./once";
import { type FakeRoom, type FakeRooms, roomFor } from "./rooms";
import { now } from "./time";

export function memoryMessages(rooms: FakeRooms, once: Once): Messages {
  const joined = (user: User, id: string): FakeRoom => {
    const room = roomFor(rooms, user, id);
    if (!room.members.has(user.id)) throw new Problem("not_a_member", "Join the room first.");
    return room;
  };
  const store = (user: User, id: string, body: string): Message => {
    const { messages } = joined(user, id);
    const message = { id: randomUUID(), room: id, seq: messages.length + 1, user, body, sentAt: now };
    messages.push(message);
    return message;
  };
  const pageOf = (messages: readonly Message[], { after, limit }: MessagesQuery): MessagesPage => {
    const rest = messages.filter(({ seq }) => seq > after);
    return { messages: rest.slice(0, limit), next: (rest.length > limit && rest[limit - 1]?.seq) || null };
  };
  return {
    post: async (user, id, body) => ({ message: store(user, id, body), replayed: false, outboxId: "7" }),
    async postOnce(user, id, body, request) {
      const { value, replayed } = await once(request, () => store(user, id, body));
      return { message: value, replayed, outboxId: replayed ? undefined : "7" };
    },
    after: async (id, query) => pageOf(rooms.get(id)?.messages ?? [], query),
    page: async (user, id, query) => pageOf(joined(user, id).messages, query),
  };
}
