/** Brings what is published on a channel to those in this process who asked for it. */
import type { Logger } from "../runtime/log";
import { type Published, parsePublished } from "./published";

/** Somebody who receives a channel's frames, each with what it says. */
export interface Listener {
  onPublished(published: Published, frame: Buffer): void;
}

/** The process' one subscribing connection to Redis. */
export interface Subscriber {
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
}

interface Channel {
  readonly listeners: Set<Listener>;
  readonly subscribed: Promise<unknown>;
}

/** One subscription a channel, however many listeners it has. A frame is parsed once, however many receive it. */
export class FanOut {
  readonly #channels = new Map<string, Channel>();

  constructor(
    private readonly subscriber: Subscriber,
    private readonly log: Pick<Logger, "warn">,
  ) {}

  /** Resolves when the listener receives the channel. Rejects, without a trace, when the subscription fails. */
  async join(name: string, listener: Listener): Promise<void> {
    const channel = this.#channels.get(name) ?? this.#open(name);
    channel.listeners.add(listener);
    await channel.subscribed;
  }

  leave(name: string, listener: Listener): void {
    const channel = this.#channels.get(name);
    if (channel === undefined || !channel.listeners.delete(listener) || channel.listeners.size > 0) return;
    this.#channels.delete(name);
    this.#unsubscribe(name);
  }

  /** A frame came in on a channel. */
  dispatch(name: string, frame: Buffer): void {
    const channel = this.#channels.get(name);
    // The client subscribes again by itself after a broken connection, to channels too that were left meanwhile.
    if (channel === undefined) {
      this.#unsubscribe(name);
      return;
    }
    const published = parsePublished(frame);
    if (published === undefined) this.log.warn({ channel: name }, "a published frame was not understood");
    else for (const listener of channel.listeners) listener.onPublished(published, frame);
  }

  /** Channels with listeners. */
  get size(): number {
    return this.#channels.size;
  }

  #open(name: string): Channel {
    const channel: Channel = { listeners: new Set(), subscribed: this.subscriber.subscribe(name) };
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
