/** Brings what is published on a channel to the connections of this process that asked for it. */

/** Somebody who receives a channel's frames. */
export interface Member {
  deliver(frame: Buffer): void;
}

/** The process' one subscribing connection to Redis. */
export interface Subscriber {
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
}

interface Channel {
  readonly members: Set<Member>;
  readonly subscribed: Promise<unknown>;
}

/** One subscription a channel, however many members it has. */
export class FanOut {
  readonly #channels = new Map<string, Channel>();

  constructor(private readonly subscriber: Subscriber) {}

  /** Resolves when the member receives the channel. Rejects, without a trace, when the subscription fails. */
  async join(name: string, member: Member): Promise<void> {
    const channel = this.#channels.get(name) ?? this.#open(name);
    channel.members.add(member);
    await channel.subscribed;
  }

  leave(name: string, member: Member): void {
    const channel = this.#channels.get(name);
    if (channel === undefined || !channel.members.delete(member) || channel.members.size > 0) return;
    this.#channels.delete(name);
    this.#unsubscribe(name);
  }

  /** A frame came in on a channel. */
  dispatch(name: string, frame: Buffer): void {
    const channel = this.#channels.get(name);
    // The client subscribes again by itself after a broken connection, to channels too that were left meanwhile.
    if (channel === undefined) this.#unsubscribe(name);
    else for (const member of channel.members) member.deliver(frame);
  }

  /** Channels with members. */
  get size(): number {
    return this.#channels.size;
  }

  #open(name: string): Channel {
    const channel: Channel = { members: new Set(), subscribed: this.subscriber.subscribe(name) };
    this.#channels.set(name, channel);
    channel.subscribed.catch(() => {
      if (this.#channels.get(name) === channel) this.#channels.delete(name);
    });
    return channel;
  }

  #unsubscribe(name: string): void {
    // While Redis is away there is nothing to cancel: see dispatch for what comes back later.
    this.subscriber.unsubscribe(name).catch(() => undefined);
  }
}
