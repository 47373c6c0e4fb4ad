import { randomUUID } from "node:crypto";
import type { HttpRequest, KeepAliveClient } from "./keep-alive-client";

/** A guest of the platform with a room of their own. */
export class Account {
  #token = "";
  #refreshToken = "";

  private constructor(private readonly client: KeepAliveClient) {}

  static async create(client: KeepAliveClient, name: string): Promise<Account> {
    const account = new Account(client);
    account.#keep(await account.#ask(account.post("/v1/auth/guest", { name })));
    return account;
  }

  get token(): string {
    return this.#token;
  }

  /** Trades the tokens for new ones: an access token is good for 15 minutes. */
  async renew(): Promise<void> {
    this.#keep(await this.#ask(this.post("/v1/auth/refresh", { refreshToken: this.#refreshToken })));
  }

  async createRoom(name: string): Promise<string> {
    return String((await this.#ask(this.post("/v1/rooms", { name }))).id);
  }

  /** Every message of a room, in order. */
  async messages(room: string): Promise<{ readonly seq: number; readonly body: string }[]> {
    const all: { seq: number; body: string }[] = [];
    for (let after: unknown = 0; typeof after === "number"; ) {
      const page = await this.#ask(this.get(`/v1/rooms/${room}/messages?limit=200&after=${after}`));
      all.push(...(page.messages as typeof all));
      after = page.next;
    }
    return all;
  }

  get(path: string): HttpRequest {
    return { method: "GET", path, headers: this.#authorization() };
  }

  /** A request under a key of its own, unless one is given. */
  post(path: string, content: unknown, key: string = randomUUID()): HttpRequest {
    const headers = { "content-type": "application/json", "idempotency-key": key, ...this.#authorization() };
    return { method: "POST", path, headers, body: JSON.stringify(content) };
  }

  #authorization(): Record<string, string> {
    return this.#token === "" ? {} : { authorization: `Bearer ${this.#token}` };
  }

  #keep({ token, refreshToken }: Record<string, unknown>): void {
    this.#token = String(token);
    this.#refreshToken = String(refreshToken);
  }

  async #ask(request: HttpRequest): Promise<Record<string, unknown>> {
    const { status, body } = await this.client.send(request);
    if (status >= 300) throw new Error(`${request.method} ${request.path} answered ${status}: ${body}`);
    return JSON.parse(body) as Record<string, unknown>;
  }
}
