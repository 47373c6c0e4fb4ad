/** Rooms. */
import { expect } from "vitest";
import { roomSchema, roomsAnswer } from "../../../services/contract/rooms";
import { call, expectAnswer, expectProblem } from "./call";
import { describeEndpoint } from "./endpoint";
import { guest, nothing, type Person } from "./people";
import type { ContractTarget } from "./target";

/** Identifiers that are none, as parts of a path. */
export const badIdentifiers = [
  "x",
  "1",
  "-1",
  "NaN",
  "%00",
  "..%2F..%2Fetc%2Fpasswd",
  "' OR 1=1 --",
  `${nothing}0`,
].map((id) => (id.includes("%") ? id : encodeURIComponent(id)));

export async function expectBadIdentifiers(
  person: Person,
  method: string,
  path: (id: string) => string,
  body?: unknown,
): Promise<void> {
  for (const id of badIdentifiers)
    expectProblem(await person.call(method, path(id), { body }), "validation_failed", id);
}

export async function expectBadQueries(
  person: Person,
  path: string,
  queries: readonly string[],
): Promise<void> {
  for (const query of queries)
    expectProblem(await person.get(`${path}?${query}`), "validation_failed", query);
}

export const badPages = [
  ...["limit=0", "limit=-1", "limit=201", "limit=NaN", "limit=1e999", "limit=1.5", "limit=", "limit=x"],
  ...["after=x", "after=-1", "limit=1&limit=2", "colour=red", "limit[]=1"],
];

export function describeRooms(target: ContractTarget): void {
  describeEndpoint("POST /v1/rooms", {
    async success() {
      const person = await guest(target);
      const made = expectAnswer(await person.post("/v1/rooms", { name: " Studio " }), 201, roomSchema);
      expect(made).toMatchObject({ name: "Studio", visibility: "public", role: "owner", lastSeq: 0 });
      expect((await person.room("private")).visibility).toBe("private");
      const key = { "idempotency-key": "once" };
      const first = await person.post("/v1/rooms", { name: "Once" }, key);
      const again = await person.post("/v1/rooms", { name: "Once" }, key);
      expect(again.body).toEqual(first.body);
      expect([again.status, again.headers["idempotent-replayed"]]).toEqual([201, "true"]);
      const { rooms } = expectAnswer(await person.get("/v1/rooms"), 200, roomsAnswer);
      expect(rooms).toHaveLength(3);
    },
    async "bad input"() {
      const person = await guest(target);
      const names = ["", " ", "x".repeat(121), 7, null, {}, [], "a\u0000b"];
      for (const body of [
        ...names.map((name) => ({ name })),
        ...["secret", "", 1, null].map((visibility) => ({ name: "x", visibility })),
        ...[{}, [], "x", null, 7, { name: "x", id: nothing }, { name: "x", createdBy: nothing }],
      ])
        expectProblem(await person.post("/v1/rooms", body), "validation_failed", JSON.stringify(body));
      for (const key of ["", " ", "x".repeat(256), "a b", "käse"].map((key) =>
        Buffer.from(key).toString("latin1"),
      ))
        expectProblem(
          await person.post("/v1/rooms", { name: "x" }, { "idempotency-key": key }),
          "validation_failed",
          key,
        );
      expect(expectAnswer(await person.get("/v1/rooms"), 200, roomsAnswer).rooms).toEqual([]);
    },
    "missing right": async () =>
      void expectProblem(await call(target, "POST", "/v1/rooms", { body: { name: "x" } }), "unauthorized"),
    async "wrong state"() {
      const person = await guest(target);
      const key = { "idempotency-key": "two" };
      await person.post("/v1/rooms", { name: "One" }, key);
      expectProblem(await person.post("/v1/rooms", { name: "Two" }, key), "idempotency_key_reused");
    },
  });

  describeEndpoint("GET /v1/rooms", {
    async success() {
      const person = await guest(target);
      const made = [];
      for (let count = 0; count < 5; count += 1) made.unshift((await person.room()).id);
      const seen: string[] = [];
      let query = "";
      for (let pages = 0; pages < 5; pages += 1) {
        const page = expectAnswer(await person.get(`/v1/rooms?limit=2${query}`), 200, roomsAnswer);
        expect(page.rooms.length).toBeLessThanOrEqual(2);
        seen.push(...page.rooms.map(({ id }) => id));
        if (page.next === null) break;
        query = `&after=${page.next}`;
      }
      expect(seen).toEqual(made);
    },
    "bad input": async () => expectBadQueries(await guest(target), "/v1/rooms", badPages),
    async "missing right"() {
      expectProblem(await call(target, "GET", "/v1/rooms"), "unauthorized");
      await (await guest(target)).room();
      expect(expectAnswer(await (await guest(target)).get("/v1/rooms"), 200, roomsAnswer).rooms).toEqual([]);
    },
    async "wrong state"() {
      // A page that begins after a room the caller is no member of shows none of it.
      const { id } = await (await guest(target)).room("private");
      const reply = await (await guest(target)).get(`/v1/rooms?after=${id}`);
      if (reply.status === 200)
        expect(expectAnswer(reply, 200, roomsAnswer)).toEqual({ rooms: [], next: null });
      else expectProblem(reply, "validation_failed");
    },
  });

  describeEndpoint("GET /v1/rooms/{id}", {
    async success() {
      const [owner, other] = [await guest(target), await guest(target)];
      const room = await owner.room();
      expect(expectAnswer(await owner.get(`/v1/rooms/${room.id}`), 200, roomSchema)).toEqual(room);
      await owner.message(room.id, "one");
      const seen = expectAnswer(await other.get(`/v1/rooms/${room.id}`), 200, roomSchema);
      expect(seen).toEqual({ ...room, role: null, lastSeq: 1 });
    },
    "bad input": async () => expectBadIdentifiers(await guest(target), "GET", (id) => `/v1/rooms/${id}`),
    async "missing right"() {
      const { id } = await (await guest(target)).room("private");
      expectProblem(await call(target, "GET", `/v1/rooms/${id}`), "unauthorized");
      expectProblem(await (await guest(target)).get(`/v1/rooms/${id}`), "room_not_found");
    },
    "wrong state": async () =>
      void expectProblem(await (await guest(target)).get(`/v1/rooms/${nothing}`), "room_not_found"),
  });

  describeEndpoint("PATCH /v1/rooms/{id}", {
    async success() {
      const owner = await guest(target);
      const { id } = await owner.room();
      const path = `/v1/rooms/${id}`;
      expect(expectAnswer(await owner.patch(path, { name: "Hall" }), 200, roomSchema).name).toBe("Hall");
      expectAnswer(await owner.patch(path, { visibility: "private" }), 200, roomSchema);
      expect(expectAnswer(await owner.get(path), 200, roomSchema)).toMatchObject({
        name: "Hall",
        visibility: "private",
      });
      expectProblem(await (await guest(target)).get(path), "room_not_found");
    },
    async "bad input"() {
      const owner = await guest(target);
      const room = await owner.room();
      for (const body of [
        {},
        { name: "" },
        { name: 7 },
        { visibility: "x" },
        { lastSeq: 7 },
        [],
        { name: "x".repeat(121) },
      ])
        expectProblem(
          await owner.patch(`/v1/rooms/${room.id}`, body),
          "validation_failed",
          JSON.stringify(body),
        );
      await expectBadIdentifiers(owner, "PATCH", (id) => `/v1/rooms/${id}`, { name: "x" });
      expect(expectAnswer(await owner.get(`/v1/rooms/${room.id}`), 200, roomSchema)).toEqual(room);
    },
    async "missing right"() {
      const [owner, moderator, other] = [await guest(target), await guest(target), await guest(target)];
      const { id } = await owner.room();
      const path = `/v1/rooms/${id}`;
      expectProblem(await call(target, "PATCH", path, { body: { name: "x" } }), "unauthorized");
      expectProblem(await other.patch(path, { name: "x" }), "forbidden");
      await owner.add(id, moderator, "moderator");
      expectProblem(await moderator.patch(path, { name: "x" }), "forbidden");
      const hidden = await owner.room("private");
      expectProblem(await other.patch(`/v1/rooms/${hidden.id}`, { name: "x" }), "room_not_found");
    },
    "wrong state": async () =>
      void expectProblem(
        await (await guest(target)).patch(`/v1/rooms/${nothing}`, { name: "x" }),
        "room_not_found",
      ),
  });
}
