import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "./account";
import type { HttpRequest, KeepAliveClient } from "./keep-alive-client";
import type { Sample } from "./latency";
import { startPace } from "./pace";

/** A request that was not answered as it should be. */
export interface Failure {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** The status and the beginning of the answer, or why there was none. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly sent: number;
  /** A POST's key, under which it was sent again until it was answered. */
  readonly key?: string;
}

export interface Writer {
  readonly account: Account;
  readonly room: string;
}

export interface SteadyRequestsOptions {
  readonly client: Pick<KeepAliveClient, "send">;
  readonly writers: readonly Writer[];
  readonly perSecond: number;
  /** Milliseconds before a POST that has failed is sent again under its key. Default 1 s. */
  readonly pause?: number;
}

/** In turn: two of five are POSTs, and each needs PostgreSQL; a GET in five needs nothing. */
const turns = ["page", "message", "me", "message", "health"] as const;

/** HTTP requests at a steady rate, each counted with what came of it. */
export class SteadyRequests {
  readonly samples: (Sample & { readonly method: "GET" | "POST" })[] = [];
  readonly failures: Failure[] = [];
  /** Requests that repeated a POST which had failed. */
  repeated = 0;
  readonly #open = new Set<Promise<void>>();
  readonly #posted = new Map<string, string[]>();
  readonly #stop: () => void;

  constructor(private readonly options: SteadyRequestsOptions) {
    this.#stop = startPace(options.perSecond, (turn) => {
      const work = this.#take(turn).finally(() => this.#open.delete(work));
      this.#open.add(work);
    });
  }

  /** Sends no more, and waits until all is answered. */
  async stop(): Promise<void> {
    this.#stop();
    await Promise.all(this.#open);
  }

  /** Compares what was posted with what is stored: nothing when each message is there once. */
  async problems(): Promise<string[]> {
    const problems: string[] = [];
    for (const { account, room } of this.options.writers) {
      const counts = new Map<string, number>();
      for (const { body } of await account.messages(room)) counts.set(body, (counts.get(body) ?? 0) + 1);
      for (const body of this.#posted.get(room) ?? []) {
        const count = counts.get(body) ?? 0;
        if (count !== 1) problems.push(`${body} is stored ${count} times`);
        counts.delete(body);
      }
      for (const body of counts.keys()) problems.push(`${body} is stored, and nobody has sent it`);
    }
    return problems;
  }

  async #take(turn: number): Promise<void> {
    const { writers } = this.options;
    const writer = writers[Math.floor(turn / turns.length) % writers.length];
    if (writer === undefined) throw new Error("nobody sends requests");
    const { account, room } = writer;
    switch (turns[turn % turns.length]) {
      case "message":
        return this.#post(account, room, `message ${turn}`);
      case "page":
        return void (await this.#send(account.get(`/v1/rooms/${room}/messages?limit=10`), 200));
      case "me":
        return void (await this.#send(account.get("/v1/me"), 200));
      default:
        return void (await this.#send({ method: "GET", path: "/health", headers: {} }, 200));
    }
  }

  /** As a client should: a POST that has failed is sent again under its key, and the failure stays counted. */
  async #post(account: Account, room: string, body: string): Promise<void> {
    const key = randomUUID();
    const posted = this.#posted.get(room) ?? [];
    posted.push(body);
    this.#posted.set(room, posted);
    while (!(await this.#send(account.post(`/v1/rooms/${room}/messages`, { body }, key), 201, key))) {
      this.repeated += 1;
      await sleep(this.options.pause ?? 1_000);
    }
  }

  async #send(request: HttpRequest, expected: number, key?: string): Promise<boolean> {
    const { method, path } = request;
    const sent = Date.now();
    const began = performance.now();
    const fail = (reason: string): false => {
      this.failures.push({ method, path, reason, sent, ...(key === undefined ? {} : { key }) });
      return false;
    };
    try {
      const { status, body } = await this.options.client.send(request);
      if (status !== expected) return fail(`${status}: ${body.slice(0, 200)}`);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? `${String(error.code)}: ` : "";
      return fail(`${code}${error instanceof Error ? error.message : String(error)}`);
    }
    this.samples.push({ method, sent, milliseconds: performance.now() - began });
    return true;
  }
}
