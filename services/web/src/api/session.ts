import type { SessionAnswer, SignUp, User } from "../../../contract/accounts";
import type { AccessToken } from "../live/connection";
import { Observable } from "../observable";
import { ApiError, errorOf, unreachable } from "./errors";

/** What is used of `localStorage`. */
export type SessionStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Runs one task at a time among all windows of this origin. */
export type Exclusively = <T>(name: string, task: () => Promise<T>) => Promise<T>;

export interface SessionOptions {
  readonly api: string;
  /**
   * `localStorage`: windows share one session, and a reload keeps it. A script that gets into the page could read it, as
   * it could use any session of the page; the content security policy keeps foreign scripts out. A cookie would bind
   * the API to the site's domain, and every request would need protection from forgery.
   */
  readonly storage: SessionStorage;
  readonly exclusively: Exclusively;
  readonly fetch: typeof fetch;
  readonly now?: () => number;
}

const storageKey = "backline.session";

/** Milliseconds before its end at which a token is not used any more: a request takes time, and clocks differ. */
const margin = 30_000;

/** Who is signed in, and their tokens: kept, renewed by one window at a time, forgotten. */
export class Session {
  readonly user: Observable<User | undefined>;
  readonly #now: () => number;

  constructor(private readonly options: SessionOptions) {
    this.#now = options.now ?? Date.now;
    this.user = new Observable(this.#read()?.user);
  }

  guest(name: string): Promise<void> {
    return this.#begin("/v1/auth/guest", name === "" ? {} : { name });
  }

  signUp(account: SignUp): Promise<void> {
    return this.#begin("/v1/auth/sign-up", account);
  }

  signIn(email: string, password: string): Promise<void> {
    return this.#begin("/v1/auth/sign-in", { email, password });
  }

  /** Ends the session here at once, and at the server if it can be reached. */
  async signOut(): Promise<void> {
    const token = await this.access().catch(() => undefined);
    this.#write(undefined);
    if (token === undefined) return;
    await this.options
      .fetch(`${this.options.api}/v1/auth/sign-out`, {
        method: "POST",
        headers: { authorization: `Bearer ${token.token}`, "content-type": "application/json" },
        body: "{}",
        keepalive: true,
      })
      .catch(() => undefined);
  }

  /** Another window has signed in or out. */
  storageChanged(): void {
    const user = this.#read()?.user;
    if (user?.id !== this.user.get()?.id || user?.name !== this.user.get()?.name) this.user.set(user);
  }

  /**
   * An access token that is good for a while yet and is not `refused`; undefined when nobody is signed in any more.
   * Throws `ApiError` where the API cannot be reached to renew it.
   */
  async access(refused?: string): Promise<AccessToken | undefined> {
    return (
      this.#usable(refused) ??
      // Each refresh token is good for one use: a second window would end the session for both.
      this.options.exclusively("backline.refresh", async () => this.#usable(refused) ?? this.#refresh())
    );
  }

  #usable(refused: string | undefined): AccessToken | undefined {
    const session = this.#read();
    if (session === undefined || session.token === refused) return undefined;
    const expiresAt = Date.parse(session.expiresAt);
    return expiresAt - this.#now() > margin ? { token: session.token, expiresAt } : undefined;
  }

  async #refresh(): Promise<AccessToken | undefined> {
    const session = this.#read();
    if (session === undefined) return undefined;
    try {
      const next = await this.#post("/v1/auth/refresh", { refreshToken: session.refreshToken });
      // Somebody may have signed out meanwhile.
      if (this.#read()?.refreshToken !== session.refreshToken) return undefined;
      this.#write(next);
      return { token: next.token, expiresAt: Date.parse(next.expiresAt) };
    } catch (error) {
      const over = ["invalid_refresh_token", "unauthorized", "validation_failed"];
      if (!(error instanceof ApiError) || !over.includes(error.code)) throw error;
      this.#write(undefined);
      return undefined;
    }
  }

  async #begin(path: string, body: unknown): Promise<void> {
    this.#write(await this.#post(path, body));
  }

  async #post(path: string, body: unknown): Promise<SessionAnswer> {
    const response = await this.options
      .fetch(this.options.api + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(15_000),
      })
      .catch((error: unknown) => {
        throw unreachable(error);
      });
    if (!response.ok) throw await errorOf(response);
    return (await response.json()) as SessionAnswer;
  }

  #read(): SessionAnswer | undefined {
    try {
      const session = JSON.parse(this.options.storage.getItem(storageKey) ?? "null") as SessionAnswer | null;
      return typeof session?.token === "string" && typeof session.user?.id === "string" ? session : undefined;
    } catch {
      return undefined;
    }
  }

  #write(session: SessionAnswer | undefined): void {
    if (session === undefined) this.options.storage.removeItem(storageKey);
    else this.options.storage.setItem(storageKey, JSON.stringify(session));
    this.storageChanged();
  }
}
