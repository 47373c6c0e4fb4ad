import { describe, expect, it } from "vitest";
import { HealthReporter } from "../../../../services/runtime/health";
import { fakeApi } from "./fakes";

const missing = "00000000-0000-4000-8000-000000000000";

async function withRoom() {
  const api = await fakeApi();
  const headers = { authorization: api.authorization };
  const post = (url: string, payload: object, extra: Record<string, string> = {}) =>
    api.app.inject({ method: "POST", url, headers: { ...headers, ...extra }, payload });
  const room = (await post("/v1/rooms", { name: "Lobby" })).json().id;
  return { ...api, headers, post, room: String(room) };
}

describe("GET /health and GET /ready", () => {
  it("need no token", async () => {
    const { app } = await fakeApi();
    const health = await app.inject("/health");
    expect(health.statusCode).toBe(200);
    expect(Object.keys(health.json())).toEqual(["status", "service", "version", "instance", "uptimeSeconds"]);
    expect((await app.inject("/ready")).json()).toMatchObject({ status: "ready", failing: [] });
  });

  it("answer 200 and 503 while a store is away", async () => {
    const checks = [{ name: "redis", run: () => Promise.reject(new Error("gone")) }];
    const { app } = await fakeApi({ health: new HealthReporter({ service: "api", version: "0", checks }) });
    expect((await app.inject("/health")).statusCode).toBe(200);
    const ready = await app.inject("/ready");
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toMatchObject({ status: "unavailable", failing: ["redis"] });
  });
});

describe("POST and GET /v1/rooms/:id/messages", () => {
  it("store, publish and page through messages", async () => {
    const { app, headers, post, room, published } = await withRoom();
    for (const body of ["a", "b", "c"]) {
      expect((await post(`/v1/rooms/${room}/messages`, { body })).statusCode).toBe(201);
    }
    expect(published.map(({ seq, body }) => `${seq} ${body}`)).toEqual(["1 a", "2 b", "3 c"]);
    const first = await app.inject({ url: `/v1/rooms/${room}/messages?limit=2`, headers });
    expect(first.json()).toEqual({ messages: published.slice(0, 2), next: 2 });
    const second = await app.inject({ url: `/v1/rooms/${room}/messages?limit=2&after=2`, headers });
    expect(second.json()).toEqual({ messages: published.slice(2), next: null });
  });

  it("answer 404 for a room that is not there", async () => {
    const { app, headers, post } = await withRoom();
    const answers = [
      await post(`/v1/rooms/${missing}/messages`, { body: "a" }),
      await app.inject({ url: `/v1/rooms/${missing}/messages`, headers }),
    ];
    expect(answers.map((answer) => [answer.statusCode, answer.json().code])).toEqual([
      [404, "room_not_found"],
      [404, "room_not_found"],
    ]);
  });
});

describe("Idempotency-Key", () => {
  it("gives one message and the same answer, published once", async () => {
    const { post, room, published } = await withRoom();
    const key = { "idempotency-key": "k-1" };
    const first = await post(`/v1/rooms/${room}/messages`, { body: "a" }, key);
    const second = await post(`/v1/rooms/${room}/messages`, { body: "a" }, key);
    expect(second.json()).toEqual(first.json());
    expect([first.headers["idempotent-replayed"], second.headers["idempotent-replayed"]]).toEqual([
      undefined,
      "true",
    ]);
    expect(published).toHaveLength(1);
  });

  it("is refused with 422 for other content, and with 400 when it is no key", async () => {
    const { post } = await withRoom();
    await post("/v1/rooms", { name: "A" }, { "idempotency-key": "k-2" });
    const other = await post("/v1/rooms", { name: "B" }, { "idempotency-key": "k-2" });
    expect([other.statusCode, other.json().code]).toEqual([422, "idempotency_key_reused"]);
    const bad = await post("/v1/rooms", { name: "B" }, { "idempotency-key": "x".repeat(256) });
    expect([bad.statusCode, bad.json().errors]).toEqual([
      400,
      [
        {
          path: "headers.idempotency-key",
          message: "must be 1 to 255 printable ASCII characters without spaces",
        },
      ],
    ]);
  });
});
