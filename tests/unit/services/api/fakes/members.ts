import type { User } from "../../../../../services/contract/accounts";
import { Problem } from "../../../../../services/contract/problems";
import type { Member } from "../../../../../services/contract/rooms";
import { mayAdd, mayChangeRoles, mayRemove } from "../../../../../services/runtime/store/member-rights";
import type { Members } from "../../../../../services/runtime/store/members";
import type { Once } from "./once";
import { type FakeRoom, type FakeRooms, roomFor } from "./rooms";
import { now } from "./time";

/** `users`: everybody who has an account. */
export function memoryMembers(rooms: FakeRooms, users: readonly User[], once: Once): Members {
  const theMember = (room: FakeRoom, id: string): Member => {
    const member = room.members.get(id);
    if (member === undefined) throw new Problem("member_not_found", `The user ${id} is no member.`);
    return member;
  };
  const checkOtherOwner = (room: FakeRoom, id: string): void => {
    const others = [...room.members.values()].filter(({ role, user }) => role === "owner" && user.id !== id);
    if (others.length === 0) throw new Problem("last_owner", "Make somebody else an owner first.");
  };
  return {
    async list(user, id, { after, limit }) {
      const room = roomFor(rooms, user, id);
      if (!room.members.has(user.id)) throw new Problem("not_a_member", "Join the room first.");
      const all = [...room.members.values()];
      const rest = all.slice(all.findIndex((member) => member.user.id === after) + 1);
      const next = (rest.length > limit && rest[limit - 1]?.user.id) || null;
      return { members: rest.slice(0, limit), next };
    },
    add: (actor, id, { user = actor.user.id, role }, request) =>
      once(request, () => {
        const room = roomFor(rooms, actor.user, id);
        const added = users.find((known) => known.id === user);
        if (added === undefined) throw new Problem("user_not_found", `There is no user ${user}.`);
        const alone = user === actor.user.id;
        const mine = room.members.get(actor.user.id)?.role ?? null;
        if (!mayAdd({ role: mine, alone, added: role })) throw new Problem("forbidden", "You may not add.");
        if (room.members.has(user)) throw new Problem("already_a_member", "The user is a member already.");
        const member = { user: added, role, joinedAt: now };
        room.members.set(user, member);
        return member;
      }),
    async change(actor, id, user, role) {
      const room = roomFor(rooms, actor.user, id);
      if (!mayChangeRoles(room.members.get(actor.user.id)?.role ?? null))
        throw new Problem("forbidden", "Only owners may change roles.");
      const member = theMember(room, user);
      if (member.role === "owner" && role !== "owner") checkOtherOwner(room, user);
      const changed = { ...member, role };
      room.members.set(user, changed);
      return changed;
    },
    async remove(actor, id, user) {
      const room = roomFor(rooms, actor.user, id);
      const mine = room.members.get(actor.user.id)?.role ?? null;
      if (user !== actor.user.id && !mayRemove(mine, room.members.get(user)?.role ?? null))
        throw new Problem("forbidden", "You may not remove.");
      if (theMember(room, user).role === "owner") checkOtherOwner(room, user);
      room.members.delete(user);
    },
  };
}
