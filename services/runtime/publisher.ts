import type { Redis } from "ioredis";
import { roomChannel, userChannel } from "../contract/channels";
import type { ServerFrame } from "../contract/frames";
import type { Message } from "../contract/rooms";
import type { Logger } from "./log";

/** Tells live connections what has happened. */
export interface Publisher {
  /** `outboxId`: the row that another process announces from if this one does not; it is removed when it is out. */
  message(message: Message, outboxId: string | undefined): void;
  /** A frame for a room that is not stored: who is typing, who has come. */
  room(room: string, frame: Extract<ServerFrame, { type: "typing" | "presence" }>): void;
  /** Connections of a user who was removed from a room, or has left it, stop following it. */
  memberRemoved(user: string, room: string): void;
  job(user: string, frame: Extract<ServerFrame, { type: "job" }>): void;
}

/** The frame of a message, as it is published. */
export const messageFrame = (message: Message): string =>
  JSON.stringify({ type: "message", ...message } satisfies ServerFrame);

/**
 * Publishes over Redis without making the caller wait or fail: what is published is stored already, and a client that
 * misses it reads it from the API. What is published in one turn of the event loop goes out in one write.
 */
export function createPublisher(
  redis: Pick<Redis, "pipeline">,
  log: Pick<Logger, "warn">,
  announced: (outboxId: string) => void,
): Publisher {
  let gathered: Publication[] = [];

  const flush = async (): Promise<void> => {
    const publications = gathered;
    gathered = [];
    const pipeline = redis.pipeline();
    for (const { channel, frame } of publications) pipeline.publish(channel, frame);
    const answers = await pipeline.exec().catch((error: Error) => publications.map(() => [error] as const));
    const errors = (answers ?? []).flatMap(([error], index) => {
      if (error !== null) return [error];
      const { outboxId } = publications[index] ?? {};
      if (outboxId !== undefined) announced(outboxId);
      return [];
    });
    if (errors.length > 0)
      log.warn({ err: errors[0], frames: errors.length }, "frames could not be published");
  };

  const publish = (channel: string, frame: ServerFrame, outboxId?: string): void => {
    if (gathered.length === 0) setImmediate(() => void flush());
    gathered.push({ channel, frame: JSON.stringify(frame), outboxId });
  };
  return {
    message: (message, outboxId) =>
      publish(roomChannel(message.room), { type: "message", ...message }, outboxId),
    room: (room, frame) => publish(roomChannel(room), frame),
    memberRemoved: (user, room) => publish(userChannel(user), { type: "left", room }),
    job: (user, frame) => publish(userChannel(user), frame),
  };
}

interface Publication {
  readonly channel: string;
  readonly frame: string;
  readonly outboxId: string | undefined;
}
