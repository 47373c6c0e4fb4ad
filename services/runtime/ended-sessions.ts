import { z } from "zod";
import { accessTokenSeconds } from "../contract/accounts";
import { endedSessionsChannel, endedSessionsKey } from "../contract/channels";
import type { Logger } from "./log";

/** Seconds by which the clocks of two machines may differ. */
const clockSkewSeconds = 60;

/** Milliseconds after which Redis is asked again where it could not be. */
const retryMilliseconds = 1_000;

/**
 * Milliseconds between two looks at the whole set. It is a question that the subscribing connection owes an answer to,
 * too: without one a dead connection would look like peace.
 */
const lookMilliseconds = 10_000;

/** Sessions that were ended while access tokens of theirs are still valid. A look costs no call. */
export interface EndedSessions {
  has(sessionId: string): boolean;
  /**
   * From now on their tokens are refused: here at once, in other processes as soon as Redis tells them. While Redis is
   * away that is when it is back; the returned promise never rejects.
   */
  end(sessionIds: readonly string[]): Promise<void>;
  /** Calls `listener` with each session that is newly known as ended, wherever it was. Returns what stops that. */
  onEnded(listener: (sessionId: string) => void): () => void;
  close(): void;
}

/** The commands that are used of the process' connection for commands. */
export interface SessionCommands {
  readonly status: string;
  zadd(key: string, ...scoresAndMembers: (string | number)[]): Promise<unknown>;
  zrangebyscore(key: string, least: string | number, most: string | number): Promise<string[]>;
  zremrangebyscore(key: string, least: string | number, most: string | number): Promise<unknown>;
  publish(channel: string, message: string): Promise<unknown>;
  on(event: "ready", listener: () => void): unknown;
  off(event: "ready", listener: () => void): unknown;
}

/** And of its subscribing connection. */
export interface SessionSubscriber {
  readonly status: string;
  subscribe(channel: string): Promise<unknown>;
  on(event: "ready", listener: () => void): unknown;
  on(event: "message", listener: (channel: string, message: string) => void): unknown;
  off(event: "ready", listener: () => void): unknown;
  off(event: "message", listener: (channel: string, message: string) => void): unknown;
}

const announcement = z.array(z.string());

/**
 * Keeps a copy of the set in Redis: whatever is published is added, and the whole set is read at every (re)connection.
 * A subscriber that serves other channels, too, must leave messages on `endedSessionsChannel` to this.
 */
export function createEndedSessions(
  redis: SessionCommands,
  subscriber: SessionSubscriber,
  log: Pick<Logger, "warn">,
): EndedSessions {
  /** When each can be forgotten (milliseconds). */
  const ended = new Map<string, number>();
  const listeners = new Set<(sessionId: string) => void>();
  /** Ended here, not known to be in Redis. */
  const untold = new Set<string>();
  let retry: NodeJS.Timeout | undefined;
  let reported = false;

  const learn = (ids: readonly string[]): void => {
    const until = Date.now() + (accessTokenSeconds + clockSkewSeconds) * 1_000;
    for (const id of ids) {
      if (ended.has(id)) continue;
      ended.set(id, until);
      for (const listener of listeners) listener(id);
    }
  };

  const tell = async (): Promise<void> => {
    const ids = [...untold];
    if (ids.length === 0) return;
    const now = Math.floor(Date.now() / 1_000);
    const until = now + accessTokenSeconds + clockSkewSeconds;
    // Sent together; a process that connects in between reads the set after it has subscribed, so it misses nothing.
    await Promise.all([
      redis.zadd(endedSessionsKey, ...ids.flatMap((id) => [until, id])),
      redis.zremrangebyscore(endedSessionsKey, "-inf", now),
      redis.publish(endedSessionsChannel, JSON.stringify(ids)),
    ]);
    for (const id of ids) untold.delete(id);
  };

  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      reported = false;
    } catch (error) {
      if (!reported) log.warn({ err: error }, "ended sessions cannot be exchanged with Redis for now");
      reported = true;
      retry ??= setTimeout(() => {
        retry = undefined;
        void synchronise();
      }, retryMilliseconds).unref();
    }
  };

  const synchronise = (): Promise<void> =>
    attempt(async () => {
      // The connection that is not there yet, or not any more, says when it is.
      if (redis.status !== "ready" || subscriber.status !== "ready") return;
      await subscriber.subscribe(endedSessionsChannel);
      const now = Math.floor(Date.now() / 1_000);
      learn(await redis.zrangebyscore(endedSessionsKey, `(${now}`, "+inf"));
      await tell();
    });

  const onReady = (): void => void synchronise();
  const onMessage = (channel: string, message: string): void => {
    if (channel !== endedSessionsChannel) return;
    const ids = announcement.safeParse(parsed(message));
    if (ids.success) learn(ids.data);
    else log.warn({ channel }, "a message that names no sessions was ignored");
  };
  redis.on("ready", onReady);
  subscriber.on("ready", onReady);
  subscriber.on("message", onMessage);
  void synchronise();

  const look = setInterval(() => {
    const now = Date.now();
    for (const [id, until] of ended) if (until <= now) ended.delete(id);
    void synchronise();
  }, lookMilliseconds).unref();

  return {
    has: (id) => ended.has(id),
    async end(ids) {
      learn(ids);
      for (const id of ids) untold.add(id);
      await attempt(tell);
    },
    onEnded(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      clearInterval(look);
      clearTimeout(retry);
      redis.off("ready", onReady);
      subscriber.off("ready", onReady);
      subscriber.off("message", onMessage);
      listeners.clear();
    },
  };
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}
