import type { User } from "../../../contract/accounts";
import type { Message, MessagesPage } from "../../../contract/rooms";
import { pause } from "./back-off";
import { Feed, firstMessages } from "./feed";
import { Outbox, type Outgoing } from "./outbox";
import type { ClientFrame, FrameOf, ServerFrame } from "./protocol";
import { OwnTyping, TypingUsers } from "./typing";

/** What a page shows of a room. */
export interface RoomView {
  readonly id: string;
  /** `refused`: the server does not let this user in; the text says why. */
  readonly state: "joining" | "live" | "refused";
  readonly refusal?: string;
  readonly messages: readonly Message[];
  /** Written here, and not among the messages yet. */
  readonly outgoing: readonly Outgoing[];
  readonly present: readonly User[];
  readonly typing: readonly User[];
  /** Whether there are messages before the first one shown. */
  readonly earlier: boolean;
  /** Whether missed messages are being read. */
  readonly catchingUp: boolean;
}

export interface RoomOptions {
  /** Sends on the connection, if there is one. */
  readonly send: (frame: ClientFrame) => boolean;
  /** A page of messages with numbers after `after`, from the API. */
  readonly history: (room: string, after: number, limit: number) => Promise<MessagesPage>;
  readonly changed: () => void;
  readonly newKey: () => string;
  readonly now: () => number;
  readonly random: () => number;
}

/** Codes that pass: what they refused is tried again. */
const passing = new Set([
  "store_unavailable",
  "rate_limited",
  "internal_error",
  "provider_unavailable",
  "not_joined",
]);
const again = { base: 1_000, most: 15_000 } as const;
/** Messages that the API gives at once. */
const pageSize = 200;

type RoomFrame = Exclude<ServerFrame, { type: "welcome" | "job" | "pong" }>;

/** A room that this client follows, over as many connections as it takes. */
export class Room {
  readonly #feed = new Feed();
  readonly #outbox = new Outbox();
  readonly #typing: TypingUsers;
  readonly #own: OwnTyping;
  #state: RoomView["state"] = "joining";
  #refusal: string | undefined;
  #present: readonly User[] = [];
  #filling = false;
  #failures = 0;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #closed = false;

  constructor(
    readonly id: string,
    private readonly options: RoomOptions,
  ) {
    this.#typing = new TypingUsers(options.changed);
    this.#own = new OwnTyping((typing) => options.send({ type: "typing", room: id, typing }), options.now);
  }

  get view(): RoomView {
    return {
      id: this.id,
      state: this.#state,
      ...(this.#refusal === undefined ? {} : { refusal: this.#refusal }),
      messages: this.#feed.messages,
      outgoing: this.#outbox.entries,
      present: this.#present,
      typing: this.#typing.users,
      earlier: this.#feed.earlier > 0,
      catchingUp: this.#feed.gap !== undefined,
    };
  }

  /** Whether everything that was written here is stored or refused. */
  get settled(): boolean {
    return this.#outbox.unsent.length === 0;
  }

  /** A new connection is ready: joins, and resumes after the last message that is shown. */
  join(): void {
    if (this.#state === "refused") return;
    this.#state = "joining";
    const after = this.#feed.after;
    this.options.send({ type: "join", room: this.id, ...(after === undefined ? {} : { after }) });
  }

  /** The connection is lost: who is there is not known any more. */
  disconnected(): void {
    if (this.#state === "live") this.#state = "joining";
    this.#present = [];
    this.#typing.clear();
  }

  close(): void {
    this.#closed = true;
    this.#typing.clear();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  post(body: string): void {
    const key = this.options.newKey();
    this.#outbox.add(key, body);
    this.#own.sent();
    if (this.#state === "live") this.#send(key, body);
    this.options.changed();
  }

  /** Tries a refused message again. */
  retry(key: string): void {
    this.#outbox.retry(key);
    if (this.#state === "live") this.#sendUnsent();
    this.options.changed();
  }

  /** Gives a refused message up. */
  discard(key: string): void {
    this.#outbox.remove(key);
    this.options.changed();
  }

  type(typing: boolean): void {
    if (this.#state === "live") this.#own.set(typing);
  }

  /** Reads the page before the first message that is shown. */
  async readEarlier(): Promise<void> {
    const { earlier } = this.#feed;
    if (earlier === 0) return;
    const after = Math.max(0, earlier - firstMessages);
    const page = await this.options.history(this.id, after, earlier - after);
    this.#feed.prepend(page.messages);
    this.options.changed();
  }

  receive(frame: RoomFrame): void {
    switch (frame.type) {
      case "joined":
        this.#joined(frame);
        break;
      case "message":
        this.#typing.set(frame.user, false);
        this.#take(frame);
        break;
      case "ack":
        this.#failures = 0;
        this.#outbox.stored(frame.key, frame.seq);
        this.#outbox.shown(this.#feed.after ?? 0);
        break;
      case "presence":
        this.#present = this.#present.filter(({ id }) => id !== frame.user.id);
        if (frame.present) this.#present = [...this.#present, frame.user];
        else this.#typing.set(frame.user, false);
        break;
      case "typing":
        this.#typing.set(frame.user, frame.typing);
        break;
      case "left":
        // Nobody asked for it here: a room that is left is forgotten before the answer comes.
        if (this.#state === "live") this.#refuse("You are not in this room any more.");
        break;
      case "error":
        this.#error(frame);
        break;
    }
    this.options.changed();
  }

  #joined({ seq, present }: FrameOf<"joined">): void {
    this.#state = "live";
    this.#failures = 0;
    this.#present = present;
    this.#typing.clear();
    this.#feed.joined(seq);
    this.#outbox.shown(this.#feed.after ?? 0);
    this.#sendUnsent();
    void this.#fill();
  }

  #take(...messages: readonly Message[]): void {
    this.#feed.take(...messages);
    this.#outbox.shown(this.#feed.after ?? 0);
    // During a join the server itself sends what was missed, in order.
    if (this.#state === "live") void this.#fill();
  }

  #error({ code, detail, key }: FrameOf<"error">): void {
    if (key !== undefined) {
      if (code === "not_joined") this.join();
      else if (passing.has(code)) this.#later(() => this.#state === "live" && this.#sendUnsent());
      else this.#outbox.refused(key, detail);
      return;
    }
    if (this.#state !== "joining") return;
    if (passing.has(code)) this.#later(() => this.#state === "joining" && this.join());
    else this.#refuse(detail);
  }

  #refuse(reason: string): void {
    this.#state = "refused";
    this.#refusal = reason;
    this.#present = [];
  }

  /** Reads what lies in a gap from the API; what fails is tried again, for as long as there is a gap. */
  async #fill(): Promise<void> {
    if (this.#filling) return;
    this.#filling = true;
    try {
      for (let gap = this.#feed.gap; gap !== undefined && !this.#closed; gap = this.#feed.gap) {
        const limit = Math.min(pageSize, gap.upTo - gap.after);
        const { messages } = await this.options.history(this.id, gap.after, limit);
        if (!this.#feed.take(...messages)) throw new Error("the API does not have these messages yet");
        this.#outbox.shown(this.#feed.after ?? 0);
        this.options.changed();
      }
      this.#failures = 0;
    } catch {
      this.#later(() => void this.#fill());
    } finally {
      this.#filling = false;
    }
  }

  #sendUnsent(): void {
    for (const { key, body } of this.#outbox.unsent) this.#send(key, body);
  }

  #send(key: string, body: string): void {
    this.options.send({ type: "message", room: this.id, body, key });
  }

  #later(act: () => void): void {
    if (this.#closed) return;
    const milliseconds = 250 + pause(this.#failures, again, this.options.random);
    this.#failures += 1;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, milliseconds);
    this.#timers.add(timer);
  }
}
