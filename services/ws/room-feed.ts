import { ExponentialBackoff, handleAll, type IPolicy, retry } from "cockatiel";
import type { Logger } from "../runtime/log";
import type { SocketMetrics } from "../runtime/metrics";
import { messageFrame } from "../runtime/publisher";
import type { Membership } from "../runtime/store/membership";
import type { Messages } from "../runtime/store/messages";
import type { Listener } from "./fan-out";
import type { Published } from "./published";

/** A connection that follows a room. */
export interface Follower {
  readonly userId: string;
  /** Its entry in the room's presence. */
  readonly presenceMember: string;
  /** False when the connection does not take frames any more. */
  deliver(frame: Buffer): boolean;
  /** The user is no member of the room any more. */
  revoke(room: string): void;
}

export interface FeedDependencies {
  readonly messages: Pick<Messages, "after">;
  readonly membership: Membership;
  /** Bounds how many feeds of the process read from PostgreSQL at once. */
  readonly reading: Pick<IPolicy, "execute">;
  readonly log: Pick<Logger, "warn">;
  readonly metrics: Pick<SocketMetrics, "messages" | "recovered">;
}

/** Milliseconds that a missing message may be on its way before it is read from PostgreSQL. */
const gapMilliseconds = 100;

/** Frames that wait for an earlier one at most; the rest is read from PostgreSQL. */
const heldFrames = 256;

/** Messages that are read at once. */
export const feedPage = 100;

const retrying = retry(handleAll, {
  maxAttempts: Number.POSITIVE_INFINITY,
  backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 5_000 }),
});

/**
 * The messages of one room as this process' followers get them: in the order of their numbers, each once, without gaps.
 * Redis alone cannot promise that: two publishers overtake each other, the outbox repeats, a broken subscription misses.
 * So a number that was out already is dropped, and what is missing is read from PostgreSQL.
 */
export class RoomFeed implements Listener {
  #last: number | undefined;
  /** Highest number that was heard of. */
  #highest = 0;
  readonly #held = new Map<number, Buffer>();
  /** Not yet followers, with the presence frames that came meanwhile. */
  readonly #joining = new Map<Follower, Buffer[]>();
  readonly #live = new Set<Follower>();
  /** Followers who have read further in PostgreSQL than the feed is, with how far that is. */
  readonly #ahead = new Map<Follower, number>();
  #gap: NodeJS.Timeout | undefined;
  #reading = false;
  #stale = false;
  #unchecked = false;
  readonly #closed = new AbortController();

  constructor(
    readonly room: string,
    private readonly dependencies: FeedDependencies,
  ) {}

  /** Number of the last message that is out; 0 before `start`. */
  get last(): number {
    return this.#last ?? 0;
  }

  get size(): number {
    return this.#joining.size + this.#live.size + this.#ahead.size;
  }

  /** Presence entries of those who follow. */
  presenceMembers(): string[] {
    return this.#followers().map(({ presenceMember }) => presenceMember);
  }

  /** Somebody is about to follow; presence frames are kept for them. */
  attach(follower: Follower): void {
    this.#joining.set(follower, []);
  }

  /** Begins after the room's last stored message, which was asked for after the subscription. Once; later calls do nothing. */
  start(lastSeq: number): void {
    if (this.#last !== undefined) return;
    this.#last = lastSeq;
    for (const seq of this.#held.keys()) if (seq <= lastSeq) this.#held.delete(seq);
    if (this.#stale) this.#read();
    this.#release();
  }

  /** From now on the follower gets every message with a higher number than `position`, which is not below `last`. */
  follow(follower: Follower, position: number): void {
    const kept = this.#joining.get(follower) ?? [];
    this.#joining.delete(follower);
    if (position > this.last) this.#ahead.set(follower, position);
    else this.#live.add(follower);
    for (const frame of kept) follower.deliver(frame);
  }

  /** Number up to which a follower has everything. */
  position(follower: Follower): number {
    return this.#ahead.get(follower) ?? this.last;
  }

  detach(follower: Follower): void {
    this.#joining.delete(follower);
    this.#live.delete(follower);
    this.#ahead.delete(follower);
  }

  onPublished(published: Published, frame: Buffer): void {
    if (published.type === "message") this.#message(published.seq, frame);
    else if (published.type === "typing" || published.type === "presence") this.#pass(published, frame);
  }

  /** Anything may have been missed: reads the messages after the last one that is out, and who is still a member. */
  catchUp(): void {
    this.#stale = true;
    this.#unchecked = true;
    this.#read();
  }

  close(): void {
    clearTimeout(this.#gap);
    this.#closed.abort();
  }

  #message(seq: number, frame: Buffer): void {
    if (this.#last !== undefined && seq <= this.#last) return;
    this.#highest = Math.max(this.#highest, seq);
    if (seq - 1 === this.#last) this.#deliver(seq, frame);
    else if (this.#held.size < heldFrames) this.#held.set(seq, frame);
    this.#release();
  }

  /** Delivers what has waited for the last message, and waits for what is missing now. */
  #release(): void {
    if (this.#last === undefined) return;
    for (let next = this.#held.get(this.#last + 1); next !== undefined; next = this.#held.get(this.#last + 1))
      this.#deliver(this.#last + 1, next);
    if (this.#highest <= this.#last) {
      clearTimeout(this.#gap);
      this.#gap = undefined;
    } else if (!this.#reading) {
      this.#gap ??= setTimeout(() => this.#read(), gapMilliseconds);
    }
  }

  #deliver(seq: number, frame: Buffer): void {
    this.#last = seq;
    this.#held.delete(seq);
    let sent = 0;
    for (const follower of this.#live) if (follower.deliver(frame)) sent += 1;
    for (const [follower, position] of this.#ahead) {
      if (seq > position && follower.deliver(frame)) sent += 1;
      if (seq >= position && this.#ahead.delete(follower)) this.#live.add(follower);
    }
    this.dependencies.metrics.messages.inc({ direction: "out" }, sent);
  }

  /** To everybody but the connections of the user whom the frame is about. */
  #pass({ type, user }: Extract<Published, { user: object }>, frame: Buffer): void {
    let sent = 0;
    for (const followers of [this.#live, this.#ahead.keys()])
      for (const follower of followers) if (follower.userId !== user.id && follower.deliver(frame)) sent += 1;
    if (type === "presence")
      for (const [follower, kept] of this.#joining) if (follower.userId !== user.id) kept.push(frame);
    this.dependencies.metrics.messages.inc({ direction: "out" }, sent);
  }

  #read(): void {
    clearTimeout(this.#gap);
    this.#gap = undefined;
    if (this.#reading || this.#last === undefined) return;
    this.#reading = true;
    const everything = async () => {
      while (await this.#readPage());
      if (this.#unchecked) await this.#checkMembers();
    };
    retrying
      .execute(everything, this.#closed.signal)
      .catch(() => undefined)
      .finally(() => {
        this.#reading = false;
        // Something may have been asked for since the last page was looked at.
        if ((this.#stale || this.#unchecked) && !this.#closed.signal.aborted) this.#read();
        else if (!this.#closed.signal.aborted) this.#release();
      });
  }

  /** Lets go of those whose membership ended while nobody could tell. */
  async #checkMembers(): Promise<void> {
    const { membership, reading } = this.dependencies;
    const followers = this.#followers();
    const users = [...new Set(followers.map(({ userId }) => userId))];
    this.#unchecked = false;
    try {
      const members = await reading.execute(() => membership.among(this.room, users));
      for (const follower of followers) if (!members.has(follower.userId)) follower.revoke(this.room);
    } catch (error) {
      this.#unchecked = true;
      throw error;
    }
  }

  #followers(): Follower[] {
    return [...this.#live, ...this.#ahead.keys()];
  }

  /** Whether there is more to read. */
  async #readPage(): Promise<boolean> {
    if (this.#closed.signal.aborted) return false;
    const { messages: store, reading, metrics, log } = this.dependencies;
    const announced = this.#highest;
    this.#stale = false;
    let page: Awaited<ReturnType<Messages["after"]>>;
    try {
      page = await reading.execute(() => store.after(this.room, { after: this.last, limit: feedPage }));
    } catch (error) {
      this.#stale = true;
      throw error;
    }
    if (this.#closed.signal.aborted) return false;
    for (const message of page.messages) {
      if (message.seq <= this.last) continue;
      metrics.recovered.inc();
      this.#deliver(message.seq, Buffer.from(messageFrame(message)));
    }
    if (page.messages.length === 0 && announced > this.last) {
      // A message is published after its commit, so this one was removed since, or never was.
      log.warn({ room: this.room, seq: announced }, "a published message is not stored");
      for (const seq of this.#held.keys()) if (seq <= announced) this.#held.delete(seq);
      if (this.#highest === announced) this.#highest = this.last;
    }
    this.#release();
    return page.next !== null || this.#stale || this.#highest > this.last;
  }
}
