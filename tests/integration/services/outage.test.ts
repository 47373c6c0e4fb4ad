import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StoreKind } from "../../support/stores";
import {
  type Caller,
  Client,
  createRoom,
  eventually,
  guest,
  type Platform,
  type Service,
  startPlatform,
} from "./harness";

let platform: Platform;
let api: Service;
let server: Service;
let worker: Service;
let caller: Caller;
let room: string;
beforeAll(async () => {
  platform = await startPlatform();
  [api, server, worker] = await Promise.all([
    platform.start("api"),
    platform.start("ws"),
    platform.start("worker"),
  ]);
  caller = await guest(api.url);
  room = await createRoom(caller);
}, 90_000);
afterAll(() => platform?.remove());

const services = () => [api, server, worker];
const post = () => caller.post(`/v1/rooms/${room}/messages`, { body: "hi" });

async function untilNotReady(kind: StoreKind): Promise<void> {
  for (const service of services()) {
    await eventually(`${kind} is missed`, async () => {
      const ready = await fetch(`${service.healthUrl}/ready`);
      expect([ready.status, await ready.json()]).toMatchObject([503, { failing: [kind] }]);
    });
  }
}

async function untilReady(): Promise<void> {
  for (const service of services()) {
    await eventually("everything is back", async () => {
      expect((await fetch(`${service.healthUrl}/ready`)).status).toBe(200);
    });
  }
}

async function expectAlive(): Promise<void> {
  for (const service of services()) {
    expect((await fetch(`${service.healthUrl}/health`)).status).toBe(200);
    expect(service.process.exitCode).toBeNull();
  }
}

// A store that is restarted says goodbye, and is there before it takes requests; store-faults.test.ts has the other ways
// of being away.
describe("while a store is stopped and started", { timeout: 120_000 }, () => {
  it("PostgreSQL: what needs it is 503 in seconds, the rest works, and it recovers by itself", async () => {
    const client = await Client.join(server, caller, room);
    await platform.stores.stop("postgres");
    await untilNotReady("postgres");
    const answers = await Promise.all(Array.from({ length: 30 }, post));
    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
      Array(30).fill("503 store_unavailable"),
    );
    expect(answers[0]?.body.detail).toBe("A store does not answer; try again in a few seconds.");
    expect((await caller.post("/v1/jobs", { kind: "echo" })).status).toBe(202);
    client.send({ type: "message", room, body: "hi" });
    await client.until(() => client.of("error").some(({ code }) => code === "store_unavailable"));
    await expectAlive();
    await platform.stores.start("postgres");
    await untilReady();
    await eventually("messages are stored again", async () => expect((await post()).status).toBe(201), 10);
    await client.until(() => client.of("message").length > 0);
    client.socket.terminate();
  });

  it("Redis: jobs are 503 in seconds, messages are stored, and it recovers by itself", async () => {
    const client = await Client.join(server, caller, room);
    await platform.stores.stop("redis");
    await untilNotReady("redis");
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => caller.post("/v1/jobs", { kind: "echo" })),
    );
    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
      Array(30).fill("503 store_unavailable"),
    );
    expect((await post()).status).toBe(201);
    await expectAlive();
    await platform.stores.start("redis");
    await untilReady();
    const job = await eventually(
      "jobs are taken again",
      async () => {
        const answer = await caller.post("/v1/jobs", { kind: "echo", input: { value: "back" } });
        expect(answer.status).toBe(202);
        return answer.body.id;
      },
      10,
    );
    await eventually("the job is done", async () => {
      expect((await caller.get(`/v1/jobs/${job}`)).body).toMatchObject({
        state: "completed",
        result: "back",
      });
    });
    // The socket was open all the time, and is subscribed again.
    await eventually("messages are announced again", async () => {
      await post();
      expect(client.of("message").length).toBeGreaterThan(0);
    });
    client.socket.terminate();
  });
});
