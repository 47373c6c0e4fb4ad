/** PostgreSQL and Redis gone, frozen and slow under load: who is told so, what goes on, and that nothing is lost. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NumberedClient } from "../../support/load/numbered-client";
import type { StoreKind } from "../../support/stores";
import { startTcpProxy, type TcpProxy } from "../../support/tcp-proxy";
import {
  type Caller,
  createRoom,
  eventually,
  guest,
  type Platform,
  type Service,
  startPlatform,
} from "./harness";
import { type Load, outcomes, patience, type Route, requestsPerSecond, routes, startLoad } from "./load";
import { summary } from "./load-summary";

/** Seconds that a store is away. */
const faultSeconds = Number(process.env.BACKLINE_FAULT_SECONDS ?? 30);

/** Seconds after a store's return in which everything works again. */
const recoverySeconds = 10;

const sockets = 20;

/** Requests that wait at once: what comes in within 6 s. The longest time-out is 5 s, so nothing piles up behind it. */
const mostOpen = 300;

/** Milliseconds between two messages of one socket. */
const socketInterval = 2_000;

/** What each request is answered while all is well. */
const healthy: Readonly<Record<Route, string>> = {
  "GET messages": "200",
  "POST message": "201",
  "POST message with a key": "201",
  "GET job": "200",
  "POST job": "202",
  "POST room": "201",
  "POST guest": "201",
  "GET health": "200",
  "GET openapi": "200",
  "GET with a forged token": "401 unauthorized",
  "POST with a bad body": "400 validation_failed",
};

/** Requests that cannot be answered without a store; all others must not notice that it is away. */
const needing: Readonly<Record<StoreKind, readonly Route[]>> = {
  postgres: ["GET messages", "POST message", "POST message with a key", "POST room", "POST guest"],
  redis: ["GET job", "POST job"],
};

const faults: readonly { how: string; begin: (proxy: TcpProxy) => unknown; slow?: true }[] = [
  { how: "gone", begin: (proxy) => proxy.refuse() },
  { how: "frozen", begin: (proxy) => proxy.freeze() },
  { how: "slow by 500 ms", begin: (proxy) => proxy.delay(500), slow: true },
];
const shown: Readonly<Record<StoreKind, string>> = { postgres: "PostgreSQL", redis: "Redis" };
const cases = (["postgres", "redis"] as const).flatMap((store) =>
  faults.map((fault) => [`${shown[store]} ${fault.how}`, { store, ...fault }] as const),
);

let platform: Platform;
let proxies: Record<StoreKind, TcpProxy>;
let api: Service;
let server: Service;
let worker: Service;
beforeAll(async () => {
  platform = await startPlatform();
  const { host, postgresPort, redisPort } = platform.stores;
  proxies = {
    postgres: await startTcpProxy({ host, port: postgresPort }),
    redis: await startTcpProxy({ host, port: redisPort }),
  };
  const environment = {
    POSTGRES_PORT: String(proxies.postgres.port),
    REDIS_PORT: String(proxies.redis.port),
  };
  [api, server, worker] = await Promise.all([
    platform.start("api", environment),
    platform.start("ws", environment),
    platform.start("worker", environment),
  ]);
}, 90_000);
afterAll(async () => {
  await platform?.remove();
  await Promise.all(Object.values(proxies ?? {}).map((proxy) => proxy.close()));
});

describe.each(cases)("%s under load", { timeout: (faultSeconds + 120) * 1_000 }, (_, fault) => {
  it(`is told at once where it is needed, is over ${recoverySeconds} s after its return, and costs nothing`, async () => {
    const { store, begin, slow } = fault;
    const caller = await guest(api.url);
    const room = await createRoom(caller);
    // A room in which no later message shows that one was missed.
    const quietRoom = await createRoom(caller);
    const quiet = numberedClient("quiet", caller, quietRoom);
    const { load, clients } = await startTraffic(caller, room);
    try {
      await eventually("the quiet room is followed", async () => expect(quiet.joined).toBe(true));
      const began = Date.now();
      await begin(proxies[store]);
      const reports = slow ? undefined : readiness(store);
      await lasting(faultSeconds / 2, began);
      const posted = await caller.post(`/v1/rooms/${quietRoom}/messages`, { body: "Is anybody there?" });
      await lasting(faultSeconds, began);
      await reports;
      await expectAlive();
      const ended = Date.now();
      await proxies[store].pass();
      await eventually(
        "everything works again",
        () => everythingWorks(load, clients, ended),
        recoverySeconds,
      );
      const recovered = Date.now();
      await Promise.all(clients.map((client) => client.stop(recoverySeconds)));
      await load.stop();
      if (process.env.BACKLINE_FAULT_REPORT !== undefined)
        process.stderr.write(summary(load, clients, { began, ended, recovered }));

      const during = outcomes(load.exchanges, began, ended);
      for (const route of routes) {
        const away = needing[store].includes(route);
        const allowed = [away ? "503 store_unavailable" : healthy[route], ...(slow ? [healthy[route]] : [])];
        const seen = Object.keys(during[route] ?? {});
        expect({ route, seen }).toEqual({ route, seen: seen.filter((outcome) => allowed.includes(outcome)) });
        // All that were sent in time to be answered while the store was away.
        const answered = Object.values(during[route] ?? {}).reduce((sum, count) => sum + count, 0);
        expect(answered, route).toBeGreaterThanOrEqual(
          requestsPerSecond[route] * (faultSeconds - patience / 1_000) - 1,
        );
      }
      const after = outcomes(load.exchanges, recovered, Number.POSITIVE_INFINITY);
      for (const [route, counts] of Object.entries(after))
        expect({ route, outcomes: Object.keys(counts) }).toEqual({
          route,
          outcomes: [healthy[route as Route]],
        });
      expect(load.exchanges.filter(({ outcome }) => outcome === "TimeoutError")).toEqual([]);
      expect(load.mostOpen).toBeLessThan(mostOpen);
      await expectNothingLost(caller, room, load, clients);
      if (store === "redis") expect(posted.status).toBe(201);
      if (posted.status === 201)
        await eventually(
          "the quiet room's message is announced",
          async () => {
            expect(quiet.received).toEqual([posted.body.id]);
          },
          recoverySeconds,
        );
      await expectAlive();
    } finally {
      quiet.end();
      await proxies[store].pass();
      for (const client of clients) client.end();
      await load.stop();
    }
  });
});

const numberedClient = (name: string, { token }: Caller, room: string): NumberedClient =>
  new NumberedClient({
    name,
    url: `${server.url.replace("http", "ws")}/ws`,
    token: () => token,
    room,
    interval: socketInterval,
    // How quick the services are is what is tested.
    longestPause: 500,
  });

async function startTraffic(
  caller: Caller,
  room: string,
): Promise<{ load: Load; clients: NumberedClient[] }> {
  const { body } = await caller.post("/v1/jobs", { kind: "echo", input: { value: "first" } });
  const began = Date.now();
  const load = startLoad(api, caller, room, String(body.id));
  const clients = Array.from({ length: sockets }, (_, index) => numberedClient(`${index}`, caller, room));
  for (const client of clients) client.start();
  try {
    await eventually("everything works at first", () => everythingWorks(load, clients, began), 20);
  } catch (error) {
    for (const client of clients) client.end();
    await load.stop();
    throw error;
  }
  return { load, clients };
}

/** Lets the load go on until `seconds` after `began`: how long is what is tested. */
const lasting = (seconds: number, began: number): Promise<void> =>
  sleep(began + seconds * 1_000 - Date.now());

/** Every kind of request of the last second, and one of each at least, was answered as it should be. */
async function everythingWorks(load: Load, clients: readonly NumberedClient[], since: number): Promise<void> {
  const from = Math.max(since, Date.now() - 2_000);
  const recent = outcomes(load.exchanges, from, Number.POSITIVE_INFINITY);
  const wanted = Object.fromEntries(routes.map((route) => [route, [healthy[route]]]));
  expect(
    Object.fromEntries(Object.entries(recent).map(([route, counts]) => [route, Object.keys(counts)])),
  ).toEqual(wanted);
  const lagging = clients.filter(
    ({ joined, acknowledgedAt, receivedAt }) => !joined || acknowledgedAt < since || receivedAt < since,
  );
  expect(lagging.map(({ trouble }) => trouble)).toEqual([]);
}

/** Every process says that it misses the store, and which one, while it stays alive. */
async function readiness(store: StoreKind): Promise<void> {
  for (const { healthUrl } of [api, server, worker]) {
    await eventually(`${store} is missed`, async () => {
      await expectAlive();
      const ready = await fetch(`${healthUrl}/ready`);
      expect([ready.status, await ready.json()]).toMatchObject([503, { failing: [store] }]);
    });
  }
}

async function expectAlive(): Promise<void> {
  for (const service of [api, server, worker]) {
    const { exitCode } = service.process;
    expect(exitCode, service.output().slice(-2_000)).toBeNull();
    expect((await fetch(`${service.healthUrl}/health`)).status).toBe(200);
  }
}

interface Stored {
  readonly id: string;
  readonly seq: number;
  readonly body: string;
}

async function expectNothingLost(
  caller: Caller,
  room: string,
  load: Load,
  clients: readonly NumberedClient[],
): Promise<void> {
  const stored = await allMessages(caller, room);
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
  const byBody = new Map(stored.map((message) => [message.body, message]));
  expect(byBody.size).toBe(stored.length);
  const missing = [...load.accepted.messages].filter(([body, id]) => byBody.get(body)?.id !== id);
  expect(missing).toEqual([]);
  for (const client of clients) {
    expect(client.violations).toEqual([]);
    const lost = [...client.acknowledged].filter(([body, seq]) => byBody.get(body)?.seq !== seq);
    expect(lost).toEqual([]);
    await eventually(
      "every socket has every message once and in order",
      async () => {
        expect(client.received).toEqual(stored.map(({ id }) => id));
      },
      recoverySeconds,
    );
  }
  const jobs = [...load.accepted.jobs];
  expect(new Set(jobs.map(([, id]) => id)).size).toBe(jobs.length);
  for (const [value, id] of jobs) {
    await eventually(`${value} is done`, async () => {
      expect((await caller.get(`/v1/jobs/${id}`)).body).toMatchObject({ state: "completed", result: value });
    });
  }
}

async function allMessages(caller: Caller, room: string): Promise<Stored[]> {
  const all: Stored[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const { body } = await caller.get(`/v1/rooms/${room}/messages?limit=200&after=${after}`);
    all.push(...(body.messages as Stored[]));
    after = body.next as number | null;
  }
  return all;
}
