/** Steady HTTP load on an API that counts what every request came to. */
import { randomUUID } from "node:crypto";
import { startPace } from "../../support/load/pace";
import type { Caller, Service } from "./harness";

/** What is asked, and how often in a second. */
export const requestsPerSecond = {
  "GET messages": 20,
  "POST message": 10,
  "POST message with a key": 5,
  "GET job": 4,
  "POST job": 5,
  "POST room": 1,
  "POST guest": 1,
  "GET health": 1,
  "GET openapi": 1,
  "GET with a forged token": 1,
  "POST with a bad body": 1,
} as const;
export type Route = keyof typeof requestsPerSecond;
export const routes = Object.keys(requestsPerSecond) as readonly Route[];

/** Milliseconds after which a client gives up: no answer may take longer, whatever is away, on a slow machine either. */
export const patience = 15_000;

export interface Exchange {
  readonly route: Route;
  /** `<status>`, `<status> <problem code>`, or why there was no answer. */
  readonly outcome: string;
  /** Milliseconds since 1970. */
  readonly sent: number;
  readonly answered: number;
}

/** What the API has promised to keep. */
export interface Accepted {
  /** Ids of messages by their body. */
  readonly messages: Map<string, string>;
  /** Ids of jobs by their input's value. */
  readonly jobs: Map<string, string>;
}

export interface Load {
  readonly exchanges: readonly Exchange[];
  readonly accepted: Accepted;
  /** Bodies of all messages that were ever sent, each sent once. */
  readonly attempted: ReadonlySet<string>;
  /** Requests that were open at once, at most. */
  readonly mostOpen: number;
  /** Sends no more, and waits until all is answered. */
  stop(): Promise<void>;
}

/** One request of every kind in turn, spread over the second so that each kind is, too. */
const order: readonly Route[] = routes
  .flatMap((route) =>
    Array.from({ length: requestsPerSecond[route] }, (_, index) => ({
      route,
      at: (index + 0.5) / requestsPerSecond[route],
    })),
  )
  .sort((a, b) => a.at - b.at)
  .map(({ route }) => route);

/** Starts the load of one user on one room. `job` is a job of theirs. */
export function startLoad(api: Service, caller: Caller, room: string, job: string): Load {
  const exchanges: Exchange[] = [];
  const accepted: Accepted = { messages: new Map(), jobs: new Map() };
  const attempted = new Set<string>();
  const open = new Set<Promise<void>>();
  let mostOpen = 0;
  let count = 0;

  const prepare = (route: Route): Prepared => {
    const posting = (path: string, content: unknown, key?: string): Prepared => ({
      path,
      method: "POST",
      body: JSON.stringify(content),
      ...(key === undefined ? {} : { key }),
    });
    const message = `http ${count}`;
    switch (route) {
      case "GET messages":
        return { path: `/v1/rooms/${room}/messages?limit=50` };
      case "POST message":
      case "POST message with a key": {
        attempted.add(message);
        const key = route === "POST message" ? undefined : randomUUID();
        const keep = ({ id }: Record<string, unknown>) => accepted.messages.set(message, String(id));
        return { ...posting(`/v1/rooms/${room}/messages`, { body: message }, key), keep };
      }
      case "GET job":
        return { path: `/v1/jobs/${job}` };
      case "POST job": {
        const value = `job ${count}`;
        const keep = ({ id }: Record<string, unknown>) => accepted.jobs.set(value, String(id));
        return { ...posting("/v1/jobs", { kind: "echo", input: { value } }), keep };
      }
      case "POST room":
        return posting("/v1/rooms", { name: "Another" });
      case "POST guest":
        return posting("/v1/auth/guest", { name: "Grace" });
      case "GET health":
        return { path: "/health" };
      case "GET openapi":
        return { path: "/openapi.json" };
      case "GET with a forged token":
        return { path: `/v1/jobs/${job}`, token: `${caller.token.slice(0, -4)}AAAA` };
      case "POST with a bad body":
        return posting(`/v1/rooms/${room}/messages`, { body: 1 });
    }
  };

  const exchange = async (route: Route): Promise<void> => {
    const { path, method = "GET", body, key, token = caller.token, keep } = prepare(route);
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    };
    const sent = Date.now();
    let outcome: string;
    try {
      const init = { method, headers, signal: AbortSignal.timeout(patience) };
      const response = await fetch(api.url + path, body === undefined ? init : { ...init, body });
      const answer = (await response.json()) as Record<string, unknown>;
      outcome = response.ok ? String(response.status) : `${response.status} ${answer.code}`;
      if (response.ok) keep?.(answer);
    } catch (error) {
      outcome = error instanceof Error ? error.name : String(error);
    }
    exchanges.push({ route, outcome, sent, answered: Date.now() });
  };

  const stopPace = startPace(order.length, (turn) => {
    const route = order[turn % order.length];
    if (route === undefined) return;
    count = turn;
    const work = exchange(route).finally(() => open.delete(work));
    open.add(work);
    mostOpen = Math.max(mostOpen, open.size);
  });
  return {
    exchanges,
    accepted,
    attempted,
    get mostOpen() {
      return mostOpen;
    },
    async stop() {
      stopPace();
      await Promise.all(open);
    },
  };
}

interface Prepared {
  readonly path: string;
  readonly method?: string;
  readonly body?: string;
  readonly key?: string;
  readonly token?: string;
  readonly keep?: (answer: Record<string, unknown>) => void;
}

/** Counts of the outcomes of each route among the exchanges that lie within the given time. */
export function outcomes(
  exchanges: readonly Exchange[],
  from: number,
  to: number,
): Record<string, Record<string, number>> {
  const counts: Record<string, Record<string, number>> = {};
  for (const { route, outcome, sent, answered } of exchanges) {
    if (sent < from || answered > to) continue;
    const ofRoute = counts[route] ?? {};
    counts[route] = { ...ofRoute, [outcome]: (ofRoute[outcome] ?? 0) + 1 };
  }
  return counts;
}
