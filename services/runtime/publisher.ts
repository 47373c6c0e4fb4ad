import type { Redis } from "ioredis";
import { roomChannel, userChannel } from "../contract/channels";
import type { ServerFrame } from "../contract/frames";
import type { Message } from "../contract/rooms";
import type { Logger } from "./log";

/** Tells live connections what has happened. */
export interface Publisher {
  message(message: Message): void;
  job(user: string, frame: Extract<ServerFrame, { type: "job" }>): void;
}

/**
 * Publishes over Redis without making the caller wait or fail: what is published is stored already, and a client that
 * misses it reads it from the API.
 */
export function createPublisher(redis: Pick<Redis, "publish">, log: Pick<Logger, "warn">): Publisher {
  const publish = (channel: string, frame: ServerFrame): void => {
    redis.publish(channel, JSON.stringify(frame)).catch((error: unknown) => {
      log.warn({ err: error, channel }, "a frame could not be published");
    });
  };
  return {
    message: (message) => publish(roomChannel(message.room), { type: "message", ...message }),
    job: (user, frame) => publish(userChannel(user), frame),
  };
}
