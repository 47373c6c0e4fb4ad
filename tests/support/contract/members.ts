/** Members of rooms and their roles. */
import { expect } from "vitest";
import { memberSchema, membersAnswer, messagesAnswer } from "../../../services/contract/rooms";
import { call, expectAnswer, expectNoContent, expectProblem } from "./call";
import { describeEndpoint } from "./endpoint";
import { guest, nothing, type Person } from "./people";
import { badPages, expectBadIdentifiers, expectBadQueries } from "./rooms";
import type { ContractTarget } from "./target";

export function describeMembers(target: ContractTarget): void {
  const people = async (count: number) => Promise.all(Array.from({ length: count }, () => guest(target)));
  const four = async (): Promise<[Person, Person, Person, Person]> => [
    await guest(target),
    await guest(target),
    await guest(target),
    await guest(target),
  ];
  const members = (room: string) => `/v1/rooms/${room}/members`;
  const one = (room: string, person: { id: string }) => `/v1/rooms/${room}/members/${person.id}`;
  const rolesIn = async (person: Person, room: string) => {
    const { members: all } = expectAnswer(await person.get(members(room)), 200, membersAnswer);
    return Object.fromEntries(all.map(({ user, role }) => [user.id, role]));
  };

  describeEndpoint("POST /v1/rooms/{id}/members", {
    async success() {
      const [owner, moderator, other, last] = await four();
      const { id } = await owner.room("private");
      const added = await owner.post(members(id), { user: moderator.id, role: "moderator" });
      expect(expectAnswer(added, 201, memberSchema)).toMatchObject({
        user: { id: moderator.id },
        role: "moderator",
      });
      const by = expectAnswer(await moderator.post(members(id), { user: other.id }), 201, memberSchema);
      expect(by.role).toBe("member");
      const open = await owner.room();
      const joined = expectAnswer(await last.post(members(open.id), {}), 201, memberSchema);
      expect(joined).toMatchObject({ user: { id: last.id }, role: "member" });
      const key = { "idempotency-key": "join" };
      const first = await other.post(members(open.id), {}, key);
      const again = await other.post(members(open.id), {}, key);
      expect([again.status, again.headers["idempotent-replayed"], again.body]).toEqual([
        201,
        "true",
        first.body,
      ]);
    },
    async "bad input"() {
      const owner = await guest(target);
      const { id } = await owner.room();
      for (const body of [
        { user: "x" },
        { user: 7 },
        { role: "owner" },
        { role: "" },
        { users: [] },
        [],
        "x",
        { user: null },
      ])
        expectProblem(await owner.post(members(id), body), "validation_failed", JSON.stringify(body));
      await expectBadIdentifiers(owner, "POST", members, {});
      expect(Object.keys(await rolesIn(owner, id))).toEqual([owner.id]);
    },
    async "missing right"() {
      const [owner, plain, other, last] = await four();
      const hidden = await owner.room("private");
      expectProblem(await call(target, "POST", members(hidden.id), { body: {} }), "unauthorized");
      expectProblem(await other.post(members(hidden.id), {}), "room_not_found");
      await owner.add(hidden.id, plain);
      expectProblem(await plain.post(members(hidden.id), { user: last.id }), "forbidden");
      const open = await owner.room();
      expectProblem(await other.post(members(open.id), { user: last.id }), "forbidden");
      expectProblem(await other.post(members(open.id), { role: "moderator" }), "forbidden");
      expectProblem(await other.get(members(open.id)), "not_a_member");
      expect(Object.keys(await rolesIn(owner, open.id))).toEqual([owner.id]);
    },
    async "wrong state"() {
      const [owner, other] = await four();
      const { id } = await owner.room();
      expectProblem(await owner.post(members(nothing), {}), "room_not_found");
      expectProblem(await owner.post(members(id), { user: nothing }), "user_not_found");
      await owner.add(id, other);
      expectProblem(await owner.post(members(id), { user: other.id }), "already_a_member");
      expectProblem(await other.post(members(id), {}), "already_a_member");
    },
  });

  describeEndpoint("GET /v1/rooms/{id}/members", {
    async success() {
      const [owner, ...others] = await people(5);
      if (owner === undefined) throw new Error("nobody");
      const { id } = await owner.room("private");
      for (const other of others) await owner.add(id, other);
      const seen: string[] = [];
      let query = "";
      for (let pages = 0; pages < 5; pages += 1) {
        const page = expectAnswer(await owner.get(`${members(id)}?limit=2${query}`), 200, membersAnswer);
        seen.push(...page.members.map(({ user }) => user.id));
        if (page.next === null) break;
        query = `&after=${page.next}`;
      }
      expect(seen).toEqual([owner, ...others].map((person) => person.id));
    },
    async "bad input"() {
      const owner = await guest(target);
      const { id } = await owner.room();
      await expectBadQueries(owner, members(id), badPages);
      await expectBadIdentifiers(owner, "GET", members);
    },
    async "missing right"() {
      const [owner, other] = await four();
      const { id } = await owner.room("private");
      expectProblem(await call(target, "GET", members(id)), "unauthorized");
      expectProblem(await other.get(members(id)), "room_not_found");
    },
    "wrong state": async () =>
      void expectProblem(await (await guest(target)).get(members(nothing)), "room_not_found"),
  });

  describeEndpoint("PATCH /v1/rooms/{id}/members/{user}", {
    async success() {
      const [owner, other] = await four();
      const { id } = await owner.room();
      await owner.add(id, other);
      for (const role of ["moderator", "member", "owner"]) {
        const changed = expectAnswer(await owner.patch(one(id, other), { role }), 200, memberSchema);
        expect(changed).toMatchObject({ user: { id: other.id }, role });
      }
      expect(await rolesIn(owner, id)).toEqual({ [owner.id]: "owner", [other.id]: "owner" });
    },
    async "bad input"() {
      const owner = await guest(target);
      const { id } = await owner.room();
      for (const body of [
        {},
        { role: "king" },
        { role: null },
        { role: 1 },
        { role: "member", user: nothing },
        [],
      ])
        expectProblem(await owner.patch(one(id, owner), body), "validation_failed", JSON.stringify(body));
      await expectBadIdentifiers(owner, "PATCH", (bad) => one(id, { id: bad }), { role: "member" });
      await expectBadIdentifiers(owner, "PATCH", (bad) => one(bad, owner), { role: "member" });
    },
    async "missing right"() {
      const [owner, moderator, plain, other] = await four();
      const { id } = await owner.room();
      await owner.add(id, moderator, "moderator");
      await owner.add(id, plain);
      expectProblem(await call(target, "PATCH", one(id, plain), { body: { role: "owner" } }), "unauthorized");
      expectProblem(await other.patch(one(id, plain), { role: "owner" }), "forbidden");
      expectProblem(await plain.patch(one(id, plain), { role: "owner" }), "forbidden");
      expectProblem(await moderator.patch(one(id, moderator), { role: "owner" }), "forbidden");
      expectProblem(await moderator.patch(one(id, owner), { role: "member" }), "forbidden");
      expect((await rolesIn(owner, id))[plain.id]).toBe("member");
    },
    async "wrong state"() {
      const [owner, other] = await four();
      const { id } = await owner.room();
      expectProblem(await owner.patch(one(nothing, owner), { role: "member" }), "room_not_found");
      expectProblem(await owner.patch(one(id, other), { role: "member" }), "member_not_found");
      expectProblem(await owner.patch(one(id, owner), { role: "member" }), "last_owner");
    },
  });

  describeEndpoint("DELETE /v1/rooms/{id}/members/{user}", {
    async success() {
      const [owner, moderator, plain, other] = await four();
      const { id } = await owner.room("private");
      await owner.add(id, moderator, "moderator");
      for (const person of [plain, other]) await owner.add(id, person);
      expectNoContent(await moderator.delete(one(id, plain)));
      expectProblem(await plain.get(`/v1/rooms/${id}/messages`), "room_not_found");
      expectNoContent(await other.delete(one(id, other)));
      expect(await rolesIn(owner, id)).toEqual({ [owner.id]: "owner", [moderator.id]: "moderator" });
      expectAnswer(await owner.get(`/v1/rooms/${id}/messages`), 200, messagesAnswer);
    },
    async "bad input"() {
      const owner = await guest(target);
      const { id } = await owner.room();
      await expectBadIdentifiers(owner, "DELETE", (bad) => one(id, { id: bad }));
      await expectBadIdentifiers(owner, "DELETE", (bad) => one(bad, owner));
    },
    async "missing right"() {
      const [owner, moderator, plain, other] = await four();
      const { id } = await owner.room();
      await owner.add(id, moderator, "moderator");
      await owner.add(id, plain);
      expectProblem(await call(target, "DELETE", one(id, plain)), "unauthorized");
      expectProblem(await other.delete(one(id, plain)), "forbidden");
      expectProblem(await plain.delete(one(id, moderator)), "forbidden");
      expectProblem(await moderator.delete(one(id, owner)), "forbidden");
      expect(Object.keys(await rolesIn(owner, id))).toHaveLength(3);
    },
    async "wrong state"() {
      const [owner, other] = await four();
      const { id } = await owner.room();
      expectProblem(await owner.delete(one(nothing, owner)), "room_not_found");
      expectProblem(await owner.delete(one(id, other)), "member_not_found");
      expectProblem(await owner.delete(one(id, owner)), "last_owner");
    },
  });
}
