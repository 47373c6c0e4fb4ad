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
 * misses it reads it from the API. What is published in one turn of the event loop goes out in one command.
 */
export function createPublisher(
  redis: Pick<Redis, "eval" | "publish">,
  log: Pick<Logger, "warn">,
  announced: (outboxId: string) => void,
): Publisher {
  let gathered: Publication[] = [];

  const flush = async (): Promise<void> => {
    const publications = gathered;
    gathered = [];
    try {
      await publishAll(redis, publications);
    } catch (error) {
      log.warn({ err: error, frames: publications.length }, "frames could not be published");
      return;
    }
    for (const { outboxId } of publications) if (outboxId !== undefined) announced(outboxId);
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

const script = "for i, channel in ipairs(KEYS) do redis.call('PUBLISH', channel, ARGV[i]) end";

/** Many by a script: a command and an answer for each take several times as long. */
async function publishAll(
  redis: Pick<Redis, "eval" | "publish">,
  publications: readonly Publication[],
): Promise<void> {
  const [first] = publications;
  if (first !== undefined && publications.length === 1) await redis.publish(first.channel, first.frame);
  else {
    const channels = publications.map(({ channel }) => channel);
    const frames = publications.map(({ frame }) => frame);
    await redis.eval(script, channels.length, ...channels, ...frames);
  }
}

interface Publication {
  readonly channel: string;
  readonly frame: string;
  readonly outboxId: string | undefined;
}
