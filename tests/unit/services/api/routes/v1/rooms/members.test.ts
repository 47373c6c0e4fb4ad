import { describe, expect, it } from "vitest";
import { ada, bob, eve, nounsApi } from "../../../fakes/nouns";
import { now } from "../../../fakes/time";

const nobody = "00000000-0000-4000-8000-000000000000";

/** A room of Ada's. */
async function withRoom(visibility: "public" | "private" = "public") {
  const api = await nounsApi();
  const room = (await api.as(ada)("POST", "/v1/rooms", { name: "Lobby", visibility })).body.id;
  const url = `/v1/rooms/${room}/members`;
  const add = (body: object) => api.as(ada)("POST", url, body);
  return { ...api, room: String(room), url, add };
}

describe("POST /v1/rooms/:id/members", () => {
  it("lets anybody join a public room, once, with or without a body", async () => {
    const { as, url } = await withRoom();
    const joined = await as(bob)("POST", url, {});
    expect([joined.status, joined.body]).toEqual([201, { user: bob, role: "member", joinedAt: now }]);
    expect((await as(bob)("POST", url, {})).refusal).toEqual([409, "already_a_member"]);
    expect((await as(eve)("POST", url)).status).toBe(201);
  });

  it("lets nobody join as a moderator, or join a private room", async () => {
    const open = await withRoom();
    expect((await open.as(bob)("POST", open.url, { role: "moderator" })).refusal).toEqual([403, "forbidden"]);
    const closed = await withRoom("private");
    expect((await closed.as(bob)("POST", closed.url, {})).refusal).toEqual([404, "room_not_found"]);
  });

  it("lets owners add anybody and moderators add members", async () => {
    const { as, url, add } = await withRoom("private");
    expect((await add({ user: bob.id, role: "moderator" })).body.role).toBe("moderator");
    const one = await as(bob)("POST", url, { user: eve.id, role: "moderator" });
    expect(one.refusal).toEqual([403, "forbidden"]);
    expect((await as(bob)("POST", url, { user: eve.id })).body).toMatchObject({ user: eve, role: "member" });
  });

  it("refuses additions by members and outsiders, unknown users and roles that cannot be given", async () => {
    const { as, url, add } = await withRoom();
    expect((await as(bob)("POST", url, { user: eve.id })).refusal).toEqual([403, "forbidden"]);
    await add({ user: bob.id });
    expect((await as(bob)("POST", url, { user: eve.id })).refusal).toEqual([403, "forbidden"]);
    expect((await add({ user: nobody })).refusal).toEqual([404, "user_not_found"]);
    expect((await add({ user: eve.id, role: "owner" })).refusal).toEqual([400, "validation_failed"]);
    expect((await add({ user: "eve" })).refusal).toEqual([400, "validation_failed"]);
  });

  it("adds once under one Idempotency-Key", async () => {
    const { as, url } = await withRoom();
    const key = { "idempotency-key": "k" };
    const first = await as(bob)("POST", url, {}, key);
    const second = await as(bob)("POST", url, {}, key);
    expect([second.status, second.body, second.headers["idempotent-replayed"]]).toEqual([
      201,
      first.body,
      "true",
    ]);
  });
});

describe("GET /v1/rooms/:id/members", () => {
  it("pages through the members", async () => {
    const { as, url, add } = await withRoom();
    await add({ user: bob.id });
    const first = (await as(bob)("GET", `${url}?limit=1`)).body;
    expect(first).toEqual({ members: [{ user: ada, role: "owner", joinedAt: now }], next: ada.id });
    const second = (await as(bob)("GET", `${url}?limit=1&after=${ada.id}`)).body;
    expect([second.members[0].user, second.next]).toEqual([bob, null]);
  });

  it("is for members", async () => {
    const open = await withRoom();
    expect((await open.as(bob)("GET", open.url)).refusal).toEqual([403, "not_a_member"]);
    const closed = await withRoom("private");
    expect((await closed.as(bob)("GET", closed.url)).refusal).toEqual([404, "room_not_found"]);
  });
});

describe("PATCH /v1/rooms/:id/members/:user", () => {
  it("lets owners change roles", async () => {
    const { as, url, add } = await withRoom();
    await add({ user: bob.id });
    const changed = await as(ada)("PATCH", `${url}/${bob.id}`, { role: "owner" });
    expect([changed.status, changed.body.role]).toEqual([200, "owner"]);
    expect((await as(bob)("PATCH", `${url}/${ada.id}`, { role: "member" })).body.role).toBe("member");
  });

  it("refuses others, non-members, bad roles, and the last owner's stepping down", async () => {
    const { as, url, add } = await withRoom();
    await add({ user: bob.id, role: "moderator" });
    const change = (by: typeof ada, user: string, role: string) =>
      as(by)("PATCH", `${url}/${user}`, { role });
    expect((await change(bob, bob.id, "owner")).refusal).toEqual([403, "forbidden"]);
    expect((await change(eve, bob.id, "owner")).refusal).toEqual([403, "forbidden"]);
    expect((await change(ada, eve.id, "member")).refusal).toEqual([404, "member_not_found"]);
    expect((await change(ada, bob.id, "king")).refusal).toEqual([400, "validation_failed"]);
    expect((await change(ada, ada.id, "member")).refusal).toEqual([409, "last_owner"]);
    expect((await change(ada, ada.id, "owner")).status).toBe(200);
  });
});

describe("DELETE /v1/rooms/:id/members/:user", () => {
  it("lets members leave, tells their connections, and leaves no access", async () => {
    const { as, url, room, removed } = await withRoom();
    await as(bob)("POST", url, {});
    const left = await as(bob)("DELETE", `${url}/${bob.id}`);
    expect([left.status, left.body]).toEqual([204, undefined]);
    expect(removed).toEqual([`${bob.id} ${room}`]);
    expect((await as(bob)("GET", url)).refusal).toEqual([403, "not_a_member"]);
    expect((await as(bob)("DELETE", `${url}/${bob.id}`)).refusal).toEqual([404, "member_not_found"]);
  });

  it("lets owners remove anybody, and moderators members without a role", async () => {
    const { as, url, add } = await withRoom();
    await add({ user: bob.id, role: "moderator" });
    await add({ user: eve.id });
    expect((await as(bob)("DELETE", `${url}/${eve.id}`)).status).toBe(204);
    expect((await as(bob)("DELETE", `${url}/${ada.id}`)).refusal).toEqual([403, "forbidden"]);
    expect((await as(ada)("DELETE", `${url}/${bob.id}`)).status).toBe(204);
  });

  it("refuses others and the last owner, and tells no connection", async () => {
    const { as, url, add, removed } = await withRoom();
    await add({ user: bob.id });
    expect((await as(bob)("DELETE", `${url}/${ada.id}`)).refusal).toEqual([403, "forbidden"]);
    expect((await as(eve)("DELETE", `${url}/${bob.id}`)).refusal).toEqual([403, "forbidden"]);
    expect((await as(ada)("DELETE", `${url}/${ada.id}`)).refusal).toEqual([409, "last_owner"]);
    expect((await as(ada)("DELETE", `${url}/${nobody}`)).refusal).toEqual([404, "member_not_found"]);
    expect(removed).toEqual([]);
  });
});
