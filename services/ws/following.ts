import type { User } from "../contract/accounts";
import { type ServerFrame, socketLimits } from "../contract/frames";
import { Problem } from "../contract/problems";
import type { Logger } from "../runtime/log";
import type { SocketMetrics } from "../runtime/metrics";
import type { Presence } from "../runtime/presence";
import { messageFrame, type Publisher } from "../runtime/publisher";
import type { Store } from "../runtime/store/store";
import { asRedis } from "../runtime/unavailable";
import type { Feeds } from "./feeds";
import { FrameError } from "./frames";
import { replayPage, typingMilliseconds } from "./limits";
import type { Follower, RoomFeed } from "./room-feed";

/** The connection whose rooms these are. */
export interface Connection extends Follower {
  readonly ended: boolean;
  send(frame: ServerFrame): void;
  /** Sends without filling the memory: resolves when the client has read enough for more, or the connection has ended. */
  sendPaced(frame: Buffer): Promise<void> | undefined;
}

export interface FollowingDependencies {
  readonly log: Pick<Logger, "debug">;
  readonly store: {
    readonly rooms: Pick<Store["rooms"], "follow">;
    readonly messages: Pick<Store["messages"], "after">;
  };
  readonly feeds: Feeds;
  readonly presence: Presence;
  readonly publisher: Pick<Publisher, "room">;
  readonly metrics: Pick<SocketMetrics, "replayed">;
}

interface Followed {
  readonly feed: RoomFeed;
  typing: boolean;
  typedAt: number;
}

/** The rooms that one connection follows. */
export class Following {
  readonly #rooms = new Map<string, Followed>();
  #joining: { readonly room: string; revoked: boolean } | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly dependencies: FollowingDependencies,
  ) {}

  has(room: string): boolean {
    return this.#rooms.has(room);
  }

  /** Follows a room from `after` on, or from now. Throws what `store.rooms.follow` does, and `too_many_rooms`. */
  async join(user: User, room: string, after: number | undefined): Promise<void> {
    const followed = this.#rooms.get(room);
    if (followed !== undefined) return this.#joinAgain(user, followed.feed);
    if (this.#rooms.size >= socketLimits.roomsPerConnection) {
      const most = socketLimits.roomsPerConnection;
      throw new FrameError("too_many_rooms", `A connection may follow ${most} rooms; leave one first.`);
    }
    const { feeds, presence } = this.dependencies;
    const { connection } = this;
    const joining = { room, revoked: false };
    this.#joining = joining;
    const feed = await asRedis(() => feeds.open(room, connection));
    let entered = false;
    try {
      // Asked after the subscription: a message is either counted in it or published to it, or both, never neither.
      const { role, lastSeq } = await this.dependencies.store.rooms.follow(user, room);
      feed.start(lastSeq);
      const missed = after === undefined ? 0 : Math.max(0, lastSeq - after - socketLimits.replayedMessages);
      let position = after === undefined ? lastSeq : Math.min(lastSeq, after + missed);
      const behind = () => position < (after === undefined ? 0 : Math.max(lastSeq, feed.last));
      while (behind() && !connection.ended) position = await this.#replay(feed, position, lastSeq);
      if (connection.ended) return;
      entered = true;
      const present = await this.#enter(user, room);
      // Whoever is at the feed's end when this loop ends follows it from there: nothing awaits in between.
      while (behind() && !connection.ended) position = await this.#replay(feed, position, lastSeq);
      if (connection.ended) return;
      if (joining.revoked) throw new Problem("not_a_member", "The membership has ended.");
      position = Math.max(position, feed.last);
      this.#rooms.set(room, { feed, typing: false, typedAt: 0 });
      connection.send({ type: "joined", room, role, seq: position, missed, present });
      if (!connection.ended) feed.follow(connection, position);
    } finally {
      this.#joining = undefined;
      if (!this.#rooms.has(room)) {
        feeds.leave(feed, connection);
        if (entered) presence.leave(room, connection.presenceMember);
      }
    }
  }

  /** Stops following; harmless for a room that is not followed. */
  leave(room: string): void {
    const followed = this.#rooms.get(room);
    if (followed === undefined) return;
    this.#rooms.delete(room);
    this.dependencies.feeds.leave(followed.feed, this.connection);
    this.dependencies.presence.leave(room, this.connection.presenceMember);
  }

  /** The user's membership was removed. */
  revoke(room: string): void {
    if (this.#joining?.room === room) this.#joining.revoked = true;
    this.leave(room);
  }

  /** Tells the others, unless they know it already. */
  typing(user: User, room: string, typing: boolean): void {
    const followed = this.#rooms.get(room);
    if (followed === undefined) throw notJoined();
    const now = Date.now();
    if (followed.typing === typing && now - followed.typedAt < typingMilliseconds) return;
    followed.typing = typing;
    followed.typedAt = now;
    this.dependencies.publisher.room(room, { type: "typing", room, user, typing });
  }

  /** The connection has ended. */
  end(): void {
    for (const room of [...this.#rooms.keys()]) this.leave(room);
  }

  async #joinAgain(user: User, feed: RoomFeed): Promise<void> {
    const { connection } = this;
    const { room } = feed;
    const { role } = await this.dependencies.store.rooms.follow(user, room).catch((error: unknown) => {
      if (error instanceof Problem && error.status < 500) this.leave(room);
      throw error;
    });
    const present = await this.#enter(user, room);
    if (!this.#rooms.has(room)) return this.dependencies.presence.leave(room, connection.presenceMember);
    connection.send({ type: "joined", room, role, seq: feed.position(connection), missed: 0, present });
  }

  /** Sends a page of what is stored after `position`; the new position. */
  async #replay(feed: RoomFeed, position: number, lastSeq: number): Promise<number> {
    const { store, metrics } = this.dependencies;
    const expected = Math.max(lastSeq, feed.last);
    const page = await store.messages.after(feed.room, { after: position, limit: replayPage });
    let sent = 0;
    for (const message of page.messages) {
      if (this.connection.ended) break;
      sent += 1;
      const paced = this.connection.sendPaced(Buffer.from(messageFrame(message)));
      if (paced !== undefined) await paced;
    }
    metrics.replayed.inc(sent);
    return page.messages.at(-1)?.seq ?? expected;
  }

  /** Who is present. While Redis is away that is the caller, as far as anybody knows. */
  async #enter(user: User, room: string): Promise<User[]> {
    try {
      return await this.dependencies.presence.enter(room, this.connection.presenceMember);
    } catch (error) {
      this.dependencies.log.debug({ err: error, room }, "presence is not known");
      return [user];
    }
  }
}

export const notJoined = (): FrameError => new FrameError("not_joined", "Join the room first.");
