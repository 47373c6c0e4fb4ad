import type pg from "pg";
import type { z } from "zod";
import type { User } from "../../contract/accounts";
import { type FileRequest, fileCreated } from "../../contract/files";
import { Problem } from "../../contract/problems";
import { asPostgres } from "../unavailable";
import { type Actor, recordOf } from "./actor";
import { type Outcome, once, type Repeatable } from "./idempotency";
import { findRoom, notAMember } from "./rooms";
import { withKnownUser } from "./users";

/** A file without its links, which are made anew for every answer. */
const storedFile = fileCreated.omit({ upload: true });
export type StoredFile = z.infer<typeof storedFile>;

/** What is known about files, in PostgreSQL; their content is in the object store. `store_unavailable` while it is away. */
export interface Files {
  /** Records a file. With a room: throws `room_not_found` or `not_a_member` unless the actor belongs to it. */
  create(actor: Actor, file: FileRequest, request?: Repeatable): Promise<Outcome<StoredFile>>;
  /** A file of the user's, or of a room of theirs. Throws `file_not_found` for every other. */
  get(user: User, id: string): Promise<StoredFile>;
}

export function createFiles(pool: pg.Pool): Files {
  return {
    create: (actor, { name, type, bytes, room }, request) =>
      withKnownUser(() =>
        once(pool, request, storedFile, async (client) => {
          if (room !== undefined && (await findRoom(client, actor.user, room)).role === null) {
            throw notAMember();
          }
          const { rows } = await client.query<FileRow>(
            `INSERT INTO files (user_id, room_id, name, type, bytes) VALUES ($1, $2, $3, $4, $5)
             RETURNING id, name, type, bytes, created_at`,
            [actor.user.id, room ?? null, name, type, bytes],
          );
          const row = rows[0];
          if (row === undefined) throw new Error("the statement returned no row");
          await recordOf(client, actor, "file.created", row.id, {
            type,
            bytes,
            ...(room === undefined ? {} : { room }),
          });
          return toFile(row);
        }),
      ),

    get: (user, id) =>
      asPostgres(async () => {
        const { rows } = await pool.query<FileRow>(
          `SELECT id, name, type, bytes, created_at FROM files
            WHERE id = $1 AND (
              user_id = $2
              OR EXISTS (SELECT FROM room_members WHERE room_members.room_id = files.room_id AND room_members.user_id = $2)
            )`,
          [id, user.id],
        );
        const row = rows[0];
        if (row === undefined) throw new Problem("file_not_found", `There is no file ${id}.`);
        return toFile(row);
      }),
  };
}

interface FileRow {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: string;
  readonly created_at: Date;
}

const toFile = (row: FileRow): StoredFile => ({
  id: row.id,
  name: row.name,
  type: row.type,
  bytes: Number(row.bytes),
  createdAt: row.created_at.toISOString(),
});
