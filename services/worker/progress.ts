import { gatherMilliseconds } from "./announce";

/**
 * How far one attempt is, stored soon after it was told and not for every step: nobody sees those of a job that is over
 * sooner, and each costs a call to Redis.
 */
export class Progress {
  #told: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #storing: Promise<void> = Promise.resolve();

  /** `failed` hears why a figure could not be stored, which is no reason for the job to fail. */
  constructor(
    private readonly store: (percent: number) => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  tell(percent: number): void {
    this.#told = percent;
    this.#timer ??= setTimeout(() => void this.flush(), gatherMilliseconds);
  }

  /** Stores what was told last. */
  flush(): Promise<void> {
    const percent = this.#told;
    const stored = this.drop();
    if (percent !== undefined) this.#storing = stored.then(() => this.store(percent)).catch(this.failed);
    return this.#storing;
  }

  /** Forgets what is not stored yet: the job is complete. Resolves when nothing is being stored any more. */
  drop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#told = undefined;
    return this.#storing;
  }
}
