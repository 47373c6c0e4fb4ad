import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type pg from "pg";
import { roomChannel } from "../../contract/channels";
import { type OutboxEvent, outboxEvent } from "../../contract/outbox";
import type { Message } from "../../contract/rooms";
import type { Queryable } from "../../runtime/store/transaction";
import { within } from "../../runtime/time";
import { addMail, type MaintenanceData } from "../maintenance/queue";

/** A row of the table `outbox`. */
export interface OutboxRow {
  readonly id: string;
  readonly topic: string;
  readonly payload: unknown;
  readonly attempts: number;
}

/** Why a row was not announced; `store` is that Redis does not answer, which is not the row's fault. */
export interface Failure {
  readonly reason: "store" | "row";
  readonly error: unknown;
}

/** Announces rows; answers what failed, by the row's id. What is not in the answer is out, or has become void. */
export type Announcer = (client: Queryable, rows: readonly OutboxRow[]) => Promise<Map<string, Failure>>;

/** Milliseconds that adding a mail may take: a queue that has never reached Redis waits for it without end. */
const queueMilliseconds = 2_000;

export function createAnnouncer(
  redis: Pick<Redis, "publish">,
  queue: Pick<Queue<MaintenanceData>, "add">,
): Announcer {
  return async (client, rows) => {
    const failures = new Map<string, Failure>();
    const events = new Map<string, OutboxEvent>();
    for (const row of rows) {
      const parsed = outboxEvent.safeParse({ topic: row.topic, payload: row.payload });
      // A newer release may know it: it stays.
      if (parsed.success) events.set(row.id, parsed.data);
      else
        failures.set(row.id, { reason: "row", error: new Error("this release does not know such an event") });
    }
    const frames = await messageFrames(client, [...events.values()]);
    // Commands of one connection arrive in the order in which they are given: in that of the rows.
    await Promise.all(
      [...events].map(async ([id, event]) => {
        try {
          if (event.topic === "email")
            await within(
              queueMilliseconds,
              addMail(queue, `outbox-${id}`, event.payload),
              "Redis did not answer",
            );
          else {
            const frame = frames.get(key(event.payload.room, event.payload.seq));
            if (frame !== undefined) await redis.publish(roomChannel(event.payload.room), frame);
          }
        } catch (error) {
          failures.set(id, { reason: "store", error });
        }
      }),
    );
    return failures;
  };
}

const key = (room: string, seq: number): string => `${room} ${seq}`;

interface MessageRow {
  readonly room_id: string;
  readonly seq: string;
  readonly id: string;
  readonly user_id: string;
  readonly user_name: string;
  readonly body: string;
  readonly sent_at: Date;
}

/** Frames of the messages that events tell of, as text; a message that is gone has none. */
async function messageFrames(
  client: Queryable,
  events: readonly OutboxEvent[],
): Promise<Map<string, string>> {
  const wanted = events.flatMap((event) => (event.topic === "message" ? [event.payload] : []));
  if (wanted.length === 0) return new Map();
  const { rows }: pg.QueryResult<MessageRow> = await client.query(
    `SELECT room_id, seq, messages.id, user_id, users.name AS user_name, body, sent_at
       FROM unnest($1::uuid[], $2::bigint[]) AS wanted (room, number)
       JOIN messages ON room_id = wanted.room AND seq = wanted.number
       JOIN users ON users.id = user_id`,
    [wanted.map(({ room }) => room), wanted.map(({ seq }) => seq)],
  );
  return new Map(rows.map((row) => [key(row.room_id, Number(row.seq)), frameOf(row)]));
}

function frameOf(row: MessageRow): string {
  const message: Message = {
    id: row.id,
    room: row.room_id,
    seq: Number(row.seq),
    user: { id: row.user_id, name: row.user_name },
    body: row.body,
    sentAt: row.sent_at.toISOString(),
  };
  return JSON.stringify({ type: "message", ...message });
}
