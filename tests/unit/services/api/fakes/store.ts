import type { User } from "../../../../../services/contract/accounts";
import type { PaymentEvent } from "../../../../../services/runtime/store/payments";
import type { Store } from "../../../../../services/runtime/store/store";
import { memoryFiles } from "./files";
import { memoryMembers } from "./members";
import { memoryMessages } from "./messages";
import { memoryOnce } from "./once";
import { memoryPayments } from "./payments";
import { type FakeRooms, memoryRooms } from "./rooms";
import { now } from "./time";

/** Rooms with members, messages and files; `users` have accounts, `received` gets every event of Stripe's once. */
export function memoryNouns(
  users: readonly User[] = [],
  received: PaymentEvent[] = [],
): Omit<Store, "users" | "sessions"> {
  const rooms: FakeRooms = new Map();
  const once = memoryOnce();
  return {
    rooms: memoryRooms(rooms, once),
    members: memoryMembers(rooms, users, once),
    messages: memoryMessages(rooms, once),
    files: memoryFiles(rooms, once),
    payments: memoryPayments(received),
    figures: {
      now: async () => ({
        ...{ takenAt: now, users: 3, guests: 1, rooms: rooms.size },
        ...{ messages: 5, messagesLastDay: 4, sessions: 2 },
      }),
    },
  };
}
