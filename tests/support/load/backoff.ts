/** Milliseconds: the first pause is a random part of this, each further one of twice as much. */
const first = 500;

/** Pauses before a client connects again, as docs/websocket.md wants them: random, so that many do not come at once. */
export class Backoff {
  #failures = 0;

  /** `longest`: milliseconds. */
  constructor(private readonly longest = 30_000) {}

  /** Milliseconds to wait now. */
  next(): number {
    const most = Math.min(this.longest, first * 2 ** this.#failures);
    this.#failures += 1;
    return Math.random() * most;
  }

  /** The connection works. */
  reset(): void {
    this.#failures = 0;
  }
}
