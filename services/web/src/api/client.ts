import type { JobStatus, JobsPage } from "../../../contract/jobs";
import type { MessagesPage, Room, RoomsPage } from "../../../contract/rooms";
import { ApiError, errorOf, signedOut, unreachable } from "./errors";
import type { Session } from "./session";

export interface ApiOptions {
  readonly api: string;
  readonly session: Pick<Session, "access">;
  readonly fetch: typeof fetch;
  readonly newKey: () => string;
  /** Waits that many milliseconds before a request is tried again. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Pauses before a request is tried again that may succeed then (milliseconds). */
const retries = [300, 1_500] as const;

/** What the pages ask of the HTTP API. Everything throws `ApiError`. */
export class Api {
  constructor(private readonly options: ApiOptions) {}

  createRoom(name: string): Promise<Room> {
    return this.#create("/v1/rooms", { name });
  }

  room(id: string): Promise<Room> {
    return this.#read(`/v1/rooms/${encodeURIComponent(id)}`);
  }

  rooms(): Promise<RoomsPage> {
    return this.#read("/v1/rooms?limit=50");
  }

  messages(room: string, after: number, limit: number): Promise<MessagesPage> {
    return this.#read(`/v1/rooms/${encodeURIComponent(room)}/messages?after=${after}&limit=${limit}`);
  }

  /** An `echo` job: pauses `steps` times, and reports its progress after each. */
  startEcho(
    value: string,
    steps: number,
    stepMilliseconds: number,
  ): Promise<{ id: string; state: "queued" }> {
    return this.#create("/v1/jobs", { kind: "echo", input: { value, steps, stepMilliseconds } });
  }

  job(id: string): Promise<JobStatus> {
    return this.#read(`/v1/jobs/${encodeURIComponent(id)}`);
  }

  jobs(): Promise<JobsPage> {
    return this.#read("/v1/jobs?limit=10");
  }

  async cancelJob(id: string): Promise<void> {
    await this.#send("POST", `/v1/jobs/${encodeURIComponent(id)}/cancel`);
  }

  #read<T>(path: string): Promise<T> {
    return this.#again(() => this.#send<T>("GET", path));
  }

  /** Under one key for all tries, so that what was lost on its way back is not made twice. */
  #create<T>(path: string, body: unknown): Promise<T> {
    const key = this.options.newKey();
    return this.#again(() => this.#send<T>("POST", path, body, key));
  }

  async #again<T>(send: () => Promise<T>): Promise<T> {
    for (const milliseconds of retries) {
      try {
        return await send();
      } catch (error) {
        if (!(error instanceof ApiError) || !error.passing) throw error;
        await this.options.wait(milliseconds);
      }
    }
    return send();
  }

  async #send<T>(method: string, path: string, body?: unknown, key?: string, refused?: string): Promise<T> {
    const token = await this.options.session.access(refused);
    if (token === undefined) throw signedOut();
    const response = await this.options
      .fetch(this.options.api + path, {
        method,
        headers: {
          authorization: `Bearer ${token.token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(key === undefined ? {} : { "idempotency-key": key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(15_000),
      })
      .catch((error: unknown) => {
        throw unreachable(error);
      });
    if (response.ok) return (await response.json().catch(() => undefined)) as T;
    // The token was refused, although its time is not over: the session may have been ended, which a refresh tells.
    if (response.status === 401 && refused === undefined)
      return this.#send(method, path, body, key, token.token);
    throw await errorOf(response);
  }
}
