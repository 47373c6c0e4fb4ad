import { randomUUID } from "node:crypto";
import type { User } from "../../../../../services/contract/accounts";
import { Problem } from "../../../../../services/contract/problems";
import type { Member, Message, Room } from "../../../../../services/contract/rooms";
import { type Rooms, roomNotFound } from "../../../../../services/runtime/store/rooms";
import type { Once } from "./once";
import { now } from "./time";

/** A room with everything in it. */
export interface FakeRoom extends Omit<Room, "role" | "lastSeq"> {
  readonly members: Map<string, Member>;
  readonly messages: Message[];
}

export type FakeRooms = Map<string, FakeRoom>;

/** The room as far as `user` may know of it. */
export function roomFor(rooms: FakeRooms, user: User, id: string): FakeRoom {
  const room = rooms.get(id);
  if (room === undefined || (room.visibility === "private" && !room.members.has(user.id)))
    throw roomNotFound(id);
  return room;
}

const shown = ({ members, messages, ...room }: FakeRoom, { id }: User): Room => ({
  ...room,
  role: members.get(id)?.role ?? null,
  lastSeq: messages.length,
});

export function memoryRooms(rooms: FakeRooms, once: Once): Rooms {
  const access: Rooms["access"] = async (user, id) => {
    const { role, lastSeq } = shown(roomFor(rooms, user, id), user);
    if (role === null) throw new Problem("not_a_member", "Join the room first.");
    return { role, lastSeq };
  };
  return {
    create: ({ user }, { name, visibility }, request) =>
      once(request, () => {
        const room: FakeRoom = {
          id: randomUUID(),
          name,
          visibility,
          createdAt: now,
          members: new Map([[user.id, { user, role: "owner", joinedAt: now }]]),
          messages: [],
        };
        rooms.set(room.id, room);
        return shown(room, user);
      }),
    async list(user, { after, limit }) {
      const mine = [...rooms.values()].filter(({ members }) => members.has(user.id)).reverse();
      const rest = mine.slice(mine.findIndex(({ id }) => id === after) + 1).map((room) => shown(room, user));
      return { rooms: rest.slice(0, limit), next: (rest.length > limit && rest[limit - 1]?.id) || null };
    },
    get: async (user, id) => shown(roomFor(rooms, user, id), user),
    async change({ user }, id, { name, visibility }) {
      const room = roomFor(rooms, user, id);
      if (room.members.get(user.id)?.role !== "owner")
        throw new Problem("forbidden", "Only owners may change a room.");
      const changed = { ...room, name: name ?? room.name, visibility: visibility ?? room.visibility };
      rooms.set(id, changed);
      return shown(changed, user);
    },
    access,
    follow: access,
  };
}
