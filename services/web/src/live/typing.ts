import type { User } from "../../../contract/accounts";

/** Milliseconds. */
const timing = {
  /** Somebody who types says so again after this long ... */
  repeat: 3_000,
  /** ... and is forgotten when nothing was heard for this long. */
  forget: 6_000,
} as const;

/** Who else is typing in a room. */
export class TypingUsers {
  readonly #users = new Map<string, { readonly user: User; readonly timer: ReturnType<typeof setTimeout> }>();

  constructor(private readonly changed: () => void) {}

  get users(): readonly User[] {
    return [...this.#users.values()].map(({ user }) => user);
  }

  set(user: User, typing: boolean): void {
    clearTimeout(this.#users.get(user.id)?.timer);
    this.#users.delete(user.id);
    if (typing) {
      const timer = setTimeout(() => {
        this.set(user, false);
        this.changed();
      }, timing.forget);
      this.#users.set(user.id, { user, timer });
    }
  }

  clear(): void {
    for (const { timer } of this.#users.values()) clearTimeout(timer);
    this.#users.clear();
  }
}

/** Tells the others that this user types, as often as is needed and no oftener. */
export class OwnTyping {
  #said = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly say: (typing: boolean) => void,
    private readonly now: () => number,
  ) {}

  /** Called at every key stroke; `typing` is false for an emptied field. */
  set(typing: boolean): void {
    if (typing && this.now() - this.#said >= timing.repeat) {
      this.#said = this.now();
      this.say(true);
    } else if (!typing && this.#said !== Number.NEGATIVE_INFINITY) {
      this.#said = Number.NEGATIVE_INFINITY;
      this.say(false);
    }
  }

  /** A message was sent, which says it without words. */
  sent(): void {
    this.#said = Number.NEGATIVE_INFINITY;
  }
}
