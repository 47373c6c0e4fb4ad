import { describe, expect, it } from "vitest";
import { ada, bob, nounsApi } from "../../../fakes/nouns";
import { now } from "../../../fakes/time";

const missing = "00000000-0000-4000-8000-000000000000";

async function withRoom(visibility: "public" | "private" = "public") {
  const api = await nounsApi();
  const room = (await api.as(ada)("POST", "/v1/rooms", { name: "Lobby", visibility })).body;
  return { ...api, room, url: `/v1/rooms/${room.id}` };
}

describe("POST /v1/rooms", () => {
  it("makes a room that the caller owns", async () => {
    const { room } = await withRoom();
    expect(room).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: "Lobby",
      visibility: "public",
      role: "owner",
      lastSeq: 0,
      createdAt: now,
    });
  });

  it("makes one room under one Idempotency-Key", async () => {
    const { as } = await nounsApi();
    const key = { "idempotency-key": "k" };
    const first = await as(ada)("POST", "/v1/rooms", { name: "A" }, key);
    const second = await as(ada)("POST", "/v1/rooms", { name: "A" }, key);
    expect([second.status, second.body, second.headers["idempotent-replayed"]]).toEqual([
      201,
      first.body,
      "true",
    ]);
    expect((await as(ada)("GET", "/v1/rooms")).body.rooms).toHaveLength(1);
    expect((await as(ada)("POST", "/v1/rooms", { name: "B" }, key)).refusal).toEqual([
      422,
      "idempotency_key_reused",
    ]);
  });

  it("refuses bad names, unknown fields and callers without a token", async () => {
    const { as } = await nounsApi();
    for (const body of [
      {},
      { name: "" },
      { name: 1 },
      { name: "a", visibility: "open" },
      { name: "a", x: 1 },
    ]) {
      expect((await as(ada)("POST", "/v1/rooms", body)).refusal).toEqual([400, "validation_failed"]);
    }
    expect((await as(undefined)("POST", "/v1/rooms", { name: "a" })).refusal).toEqual([401, "unauthorized"]);
  });
});

describe("GET /v1/rooms", () => {
  it("pages through the caller's own rooms, those joined last first", async () => {
    const { as } = await nounsApi();
    for (const name of ["A", "B", "C"]) await as(ada)("POST", "/v1/rooms", { name });
    await as(bob)("POST", "/v1/rooms", { name: "Bob's" });
    const first = (await as(ada)("GET", "/v1/rooms?limit=2")).body;
    expect(first.rooms.map(({ name }: { name: string }) => name)).toEqual(["C", "B"]);
    expect(first.next).toBe(first.rooms[1].id);
    const second = (await as(ada)("GET", `/v1/rooms?limit=2&after=${first.next}`)).body;
    expect(second.rooms.map(({ name }: { name: string }) => name)).toEqual(["A"]);
    expect(second.next).toBeNull();
  });

  it("refuses bad paging", async () => {
    const { as } = await nounsApi();
    for (const query of ["limit=0", "limit=201", "limit=x", "after=1", "page=2"]) {
      expect((await as(ada)("GET", `/v1/rooms?${query}`)).refusal, query).toEqual([400, "validation_failed"]);
    }
  });
});

describe("GET /v1/rooms/:id", () => {
  it("shows a public room to everybody, with no role for those who have not joined", async () => {
    const { as, url } = await withRoom();
    expect((await as(ada)("GET", url)).body.role).toBe("owner");
    expect((await as(bob)("GET", url)).body).toMatchObject({ name: "Lobby", role: null });
  });

  it("hides a private room from others, as if there were none", async () => {
    const { as, url } = await withRoom("private");
    expect((await as(ada)("GET", url)).status).toBe(200);
    expect((await as(bob)("GET", url)).refusal).toEqual([404, "room_not_found"]);
    expect((await as(bob)("GET", `/v1/rooms/${missing}`)).refusal).toEqual([404, "room_not_found"]);
    expect((await as(bob)("GET", "/v1/rooms/lobby")).refusal).toEqual([400, "validation_failed"]);
  });
});

describe("PATCH /v1/rooms/:id", () => {
  it("changes what is given and keeps the rest", async () => {
    const { as, room, url } = await withRoom();
    expect((await as(ada)("PATCH", url, { name: " Hall " })).body).toEqual({ ...room, name: "Hall" });
    const closed = { ...room, name: "Hall", visibility: "private" };
    expect((await as(ada)("PATCH", url, { visibility: "private" })).body).toEqual(closed);
    expect((await as(ada)("GET", url)).body).toEqual(closed);
  });

  it("is forbidden to everybody but owners", async () => {
    const { as, room, url } = await withRoom();
    expect((await as(bob)("PATCH", url, { name: "x" })).refusal).toEqual([403, "forbidden"]);
    await as(ada)("POST", `${url}/members`, { user: bob.id, role: "moderator" });
    expect((await as(bob)("PATCH", url, { name: "x" })).refusal).toEqual([403, "forbidden"]);
    expect((await as(ada)("GET", url)).body).toEqual(room);
  });

  it("refuses a change of nothing", async () => {
    const { as, url } = await withRoom();
    for (const body of [{}, { name: null }, { owner: bob.id }]) {
      expect((await as(ada)("PATCH", url, body)).refusal).toEqual([400, "validation_failed"]);
    }
  });
});
