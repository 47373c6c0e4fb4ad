import { randomUUID } from "node:crypto";
import { Problem } from "../../../../../services/contract/problems";
import type { Files, StoredFile } from "../../../../../services/runtime/store/files";
import type { Once } from "./once";
import { type FakeRooms, roomFor } from "./rooms";
import { now } from "./time";

export function memoryFiles(rooms: FakeRooms, once: Once): Files {
  const files = new Map<string, StoredFile & { readonly owner: string; readonly room: string | undefined }>();
  return {
    create: ({ user }, { name, type, bytes, room }, request) =>
      once(request, () => {
        if (room !== undefined && !roomFor(rooms, user, room).members.has(user.id))
          throw new Problem("not_a_member", "Join the room first.");
        const file = { id: randomUUID(), name, type, bytes, createdAt: now };
        files.set(file.id, { ...file, owner: user.id, room });
        return file;
      }),
    async get(user, id) {
      const file = files.get(id);
      const shared = file?.room !== undefined && rooms.get(file.room)?.members.has(user.id);
      if (file === undefined || (file.owner !== user.id && !shared))
        throw new Problem("file_not_found", `There is no file ${id}.`);
      const { owner: _owner, room: _room, ...stored } = file;
      return stored;
    },
  };
}
