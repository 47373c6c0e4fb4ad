/** Whether an attempt is to stop. The signal, which costs more than a short job, is made when somebody asks for it. */
export class Interruption {
  #controller: AbortController | undefined;
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted) this.#controller.abort();
    return this.#controller.signal;
  }

  abort(): void {
    this.#aborted = true;
    this.#controller?.abort();
  }
}

/** The attempts that this process is at. */
export class Interruptions {
  readonly #running = new Map<string, Interruption>();

  /** Runs `work` with an interruption that `abort` reaches until it ends. */
  async during<T>(id: string, work: (interruption: Interruption) => Promise<T>): Promise<T> {
    const interruption = new Interruption();
    this.#running.set(id, interruption);
    try {
      return await work(interruption);
    } finally {
      if (this.#running.get(id) === interruption) this.#running.delete(id);
    }
  }

  abort(id: string): void {
    this.#running.get(id)?.abort();
  }

  abortAll(): void {
    for (const interruption of this.#running.values()) interruption.abort();
  }
}
