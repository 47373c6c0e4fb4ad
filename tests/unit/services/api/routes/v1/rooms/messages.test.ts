import { describe, expect, it } from "vitest";
import { ada, bob, nounsApi } from "../../../fakes/nouns";

async function withRoom(visibility: "public" | "private" = "public") {
  const api = await nounsApi();
  const room = (await api.as(ada)("POST", "/v1/rooms", { name: "Lobby", visibility })).body.id;
  return { ...api, room: String(room), url: `/v1/rooms/${room}/messages` };
}

describe("POST and GET /v1/rooms/:id/messages", () => {
  it("store, publish and page through messages", async () => {
    const { as, url, published } = await withRoom();
    for (const body of ["a", "b", "c"]) expect((await as(ada)("POST", url, { body })).status).toBe(201);
    expect(published.map(({ seq, body }) => `${seq} ${body}`)).toEqual(["1 a", "2 b", "3 c"]);
    const first = (await as(ada)("GET", `${url}?limit=2`)).body;
    expect(first).toEqual({ messages: published.slice(0, 2), next: 2 });
    const second = (await as(ada)("GET", `${url}?limit=2&after=2`)).body;
    expect(second).toEqual({ messages: published.slice(2), next: null });
  });

  it("are for members: 403 in a public room, 404 in a private one", async () => {
    for (const [visibility, refusal] of [
      ["public", [403, "not_a_member"]],
      ["private", [404, "room_not_found"]],
    ] as const) {
      const { as, url, published } = await withRoom(visibility);
      expect((await as(bob)("POST", url, { body: "x" })).refusal).toEqual(refusal);
      expect((await as(bob)("GET", url)).refusal).toEqual(refusal);
      expect(published).toEqual([]);
    }
  });

  it("give one message and the same answer under one key, published once", async () => {
    const { as, url, published } = await withRoom();
    const key = { "idempotency-key": "k" };
    const first = await as(ada)("POST", url, { body: "a" }, key);
    const second = await as(ada)("POST", url, { body: "a" }, key);
    expect(second.body).toEqual(first.body);
    expect([first, second].map(({ headers }) => headers["idempotent-replayed"])).toEqual([undefined, "true"]);
    expect((await as(ada)("POST", url, { body: "b" }, key)).refusal).toEqual([422, "idempotency_key_reused"]);
    expect(published).toHaveLength(1);
  });

  it("refuse bodies and pages that do not fit", async () => {
    const { as, url } = await withRoom();
    for (const body of [
      {},
      { body: " " },
      { body: "x".repeat(4_001) },
      { body: "a\0" },
      { body: "a", to: "b" },
    ]) {
      expect((await as(ada)("POST", url, body)).refusal).toEqual([400, "validation_failed"]);
    }
    for (const query of ["after=-1", "after=x", "limit=201"]) {
      expect((await as(ada)("GET", `${url}?${query}`)).refusal).toEqual([400, "validation_failed"]);
    }
  });
});
