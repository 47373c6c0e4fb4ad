/** A message of this client's that its room does not show yet. */
export interface Outgoing {
  /** The client's own name for it: sent again under it, it is stored once. */
  readonly key: string;
  readonly body: string;
  /** Its number, once the server has stored it. */
  readonly seq?: number;
  /** Why the server refused it: it is not sent again unless the user asks for it. */
  readonly refusal?: string;
}

/** Keeps what was written in a room until it is shown there, in the order in which it was written. */
export class Outbox {
  #entries: readonly Outgoing[] = [];

  /** All of them, oldest first; a new array after every change. */
  get entries(): readonly Outgoing[] {
    return this.#entries;
  }

  /** Those that the server has not answered: to be sent again on a new connection. */
  get unsent(): readonly Outgoing[] {
    return this.#entries.filter(({ seq, refusal }) => seq === undefined && refusal === undefined);
  }

  add(key: string, body: string): void {
    this.#entries = [...this.#entries, { key, body }];
  }

  stored(key: string, seq: number): void {
    this.#change(key, { seq });
  }

  refused(key: string, refusal: string): void {
    this.#change(key, { refusal });
  }

  /** A refused one is tried again, under its key. */
  retry(key: string): void {
    this.#change(key, {});
  }

  remove(key: string): void {
    this.#entries = this.#entries.filter((entry) => entry.key !== key);
  }

  /** The room shows its messages up to number `last`: those of ours among them leave. */
  shown(last: number): void {
    const left = this.#entries.filter(({ seq }) => seq === undefined || seq > last);
    if (left.length < this.#entries.length) this.#entries = left;
  }

  #change(key: string, change: Pick<Outgoing, "seq" | "refusal">): void {
    this.#entries = this.#entries.map((entry) =>
      entry.key === key ? { key, body: entry.body, ...change } : entry,
    );
  }
}
