import type { Message } from "../../../contract/rooms";

/** Messages of a room that a visitor sees at first. */
export const firstMessages = 50;

/**
 * The messages of one room in the order of their numbers, each once and without gaps: what comes too early waits until
 * what is between has been read from the API. Numbers are 1, 2, 3 ... within a room.
 */
export class Feed {
  #messages: readonly Message[] = [];
  /** Number before the first message that is shown, once that is known. */
  #base: number | undefined;
  /** The last message that is shown; all from `#base` to it are. */
  #last = 0;
  /** Messages up to this one exist. */
  #known = 0;
  readonly #early = new Map<number, Message>();

  /** What is shown; a new array after every change. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Number to resume from; undefined before the first join was answered. */
  get after(): number | undefined {
    return this.#base === undefined ? undefined : this.#last;
  }

  /** The server follows the room for this client from the message after `seq` on. */
  joined(seq: number): void {
    this.#base ??= Math.max(0, seq - firstMessages);
    this.#last = Math.max(this.#last, this.#base);
    this.#known = Math.max(this.#known, seq);
    this.#advance();
  }

  /** Takes messages from the socket or the API, in any order; answers whether what is shown has changed. */
  take(...messages: readonly Message[]): boolean {
    for (const message of messages) {
      this.#known = Math.max(this.#known, message.seq);
      this.#early.set(message.seq, message);
    }
    return this.#base !== undefined && this.#advance();
  }

  /** The gap that must be read from the API before anything further is shown: messages after `after`, up to `upTo`. */
  get gap(): { readonly after: number; readonly upTo: number } | undefined {
    if (this.#base === undefined || this.#known <= this.#last) return undefined;
    const next = this.#early.size === 0 ? this.#known + 1 : Math.min(...this.#early.keys());
    return { after: this.#last, upTo: next - 1 };
  }

  /** Number before the first message that is shown: 0 when there are no earlier ones. */
  get earlier(): number {
    return this.#base ?? 0;
  }

  /** Puts a page of earlier messages, which ends right before the first one, in front. */
  prepend(page: readonly Message[]): void {
    const base = this.#base ?? 0;
    const fitting = page.filter(({ seq }) => seq <= base).sort((a, b) => a.seq - b.seq);
    const [first] = fitting;
    if (first === undefined || fitting.at(-1)?.seq !== base) return;
    this.#base = first.seq - 1;
    this.#messages = [...fitting, ...this.#messages];
  }

  #advance(): boolean {
    const more: Message[] = [];
    for (;;) {
      const message = this.#early.get(this.#last + 1);
      if (message === undefined) break;
      this.#early.delete(message.seq);
      this.#last = message.seq;
      more.push(message);
    }
    // What was shown already, or comes before what is shown.
    for (const seq of this.#early.keys()) if (seq <= this.#last) this.#early.delete(seq);
    if (more.length === 0) return false;
    this.#messages = [...this.#messages, ...more];
    return true;
  }
}
