/** A value that tells when it changes. */
export class Observable<T> {
  readonly #listeners = new Set<() => void>();

  constructor(private value: T) {}

  // Bound, so that they can be handed over as functions.
  readonly get = (): T => this.value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    for (const listener of this.#listeners) listener();
  }
}
