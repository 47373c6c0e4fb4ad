import { bulkhead } from "cockatiel";
import { roomChannel } from "../contract/channels";
import type { Message } from "../contract/rooms";
import { messageFrame } from "../runtime/publisher";
import type { FanOut } from "./fan-out";
import { type FeedDependencies, type Follower, RoomFeed } from "./room-feed";

/** Feeds of the process that read from PostgreSQL at once, when many have missed something together. */
const concurrentReads = 4;

export interface FeedsDependencies extends Omit<FeedDependencies, "reading" | "metrics"> {
  readonly fanOut: FanOut;
  readonly metrics: FeedDependencies["metrics"] & { readonly rooms: { set(count: number): void } };
}

/** One feed for each room that somebody in this process follows. */
export class Feeds {
  readonly #feeds = new Map<string, RoomFeed>();
  readonly #reading = bulkhead(concurrentReads, Number.POSITIVE_INFINITY);

  constructor(private readonly dependencies: FeedsDependencies) {}

  /** The room's feed, subscribed, with the follower attached to it. Rejects, without a trace, when the subscription fails. */
  async open(room: string, follower: Follower): Promise<RoomFeed> {
    const feed = this.#feeds.get(room) ?? this.#create(room);
    feed.attach(follower);
    try {
      await this.dependencies.fanOut.join(roomChannel(room), feed);
      return feed;
    } catch (error) {
      this.leave(feed, follower);
      throw error;
    }
  }

  /** The last follower closes the feed. */
  leave(feed: RoomFeed, follower: Follower): void {
    feed.detach(follower);
    if (feed.size > 0 || this.#feeds.get(feed.room) !== feed) return;
    this.#feeds.delete(feed.room);
    feed.close();
    this.dependencies.fanOut.leave(roomChannel(feed.room), feed);
    this.dependencies.metrics.rooms.set(this.#feeds.size);
  }

  /** A message was stored by this process: its own followers need not wait for Redis, which may be away. */
  posted(message: Message): void {
    const feed = this.#feeds.get(message.room);
    feed?.onPublished({ type: "message", seq: message.seq }, Buffer.from(messageFrame(message)));
  }

  /** The subscriptions were lost and are back: whatever was published meanwhile did not come. */
  catchUp(): void {
    for (const feed of this.#feeds.values()) feed.catchUp();
  }

  /** Presence entries of this process' connections by room. */
  *presence(): Generator<{ room: string; members: string[] }> {
    for (const [room, feed] of this.#feeds) {
      const members = feed.presenceMembers();
      if (members.length > 0) yield { room, members };
    }
  }

  get size(): number {
    return this.#feeds.size;
  }

  #create(room: string): RoomFeed {
    const feed = new RoomFeed(room, { ...this.dependencies, reading: this.#reading });
    this.#feeds.set(room, feed);
    this.dependencies.metrics.rooms.set(this.#feeds.size);
    return feed;
  }
}
