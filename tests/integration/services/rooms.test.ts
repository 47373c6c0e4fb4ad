/** Rooms, members and messages on a real PostgreSQL, above all what happens at once. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fingerprintOf, type Repeatable } from "../../../services/runtime/store/idempotency";
import { createStore } from "../../../services/runtime/store/store";
import { eventually } from "../../support/stores";
import { missing, outcomes, type RealStore, startStore, times } from "./store";

let real: RealStore;
let { store, pool, people, auditOf } = {} as RealStore;
beforeAll(async () => {
  real = await startStore();
  ({ store, pool, people, auditOf } = real);
}, 90_000);
afterAll(() => real?.remove());

const gone = { id: missing, name: "Nobody" };
const page = { limit: 50 };

const under = (userId: string, key: string, ...request: unknown[]): Repeatable => ({
  userId,
  key,
  fingerprint: fingerprintOf(...request),
});

describe("rooms", () => {
  it("show their rooms to those who belong to them, page by page, joined last first", async () => {
    const [ada, bob] = await people();
    const made = [];
    for (const name of ["a", "b", "c"]) {
      made.push((await store.rooms.create(ada, { name, visibility: "public" })).value);
    }
    await store.rooms.follow(bob.user, made[2]?.id ?? "");
    const first = await store.rooms.list(ada.user, { limit: 2 });
    expect(first).toEqual({ rooms: [made[2], made[1]], next: made[1]?.id });
    const second = await store.rooms.list(ada.user, { limit: 2, after: String(first.next) });
    expect(second).toEqual({ rooms: [made[0]], next: null });
    const after = String(made[0]?.id);
    expect(await store.rooms.list(ada.user, { limit: 2, after })).toEqual({ rooms: [], next: null });
    expect((await store.rooms.list(bob.user, page)).rooms).toEqual([{ ...made[2], role: "member" }]);
    expect(await outcomes([store.rooms.list(bob.user, { limit: 2, after })])).toEqual(["validation_failed"]);
  });

  it("hide private rooms and keep them from being joined", async () => {
    const [ada, bob] = await people();
    const { id } = (await store.rooms.create(ada, { name: "x", visibility: "private" })).value;
    const attempts = (room: string) => [
      store.rooms.get(bob.user, room),
      store.rooms.access(bob.user, room),
      store.rooms.follow(bob.user, room),
      store.rooms.change(bob, room, { name: "y" }),
      store.members.list(bob.user, room, page),
      store.members.add(bob, room, { role: "member" }),
      store.members.change(bob, room, bob.user.id, "owner"),
      store.members.remove(bob, room, ada.user.id),
      store.messages.post(bob.user, room, "x"),
      store.messages.page(bob.user, room, { after: 0, limit: 1 }),
      store.files.create(bob, { name: "x", type: "image/png", bytes: 1, room }),
    ];
    for (const room of [id, missing]) {
      expect(new Set(await outcomes(attempts(room)))).toEqual(new Set(["room_not_found"]));
    }
    expect(await auditOf(id)).toEqual(["room.created"]);
  });

  it("are changed by owners, together with the audit table", async () => {
    const [ada, bob] = await people();
    const room = (await store.rooms.create(ada, { name: "x", visibility: "public" })).value;
    expect(await outcomes([store.rooms.change(bob, room.id, { name: "y" })])).toEqual(["forbidden"]);
    const changed = await store.rooms.change(ada, room.id, { visibility: "private" });
    expect(changed).toEqual({ ...room, visibility: "private" });
    expect(await store.rooms.get(ada.user, room.id)).toEqual(changed);
    const { rows } = await pool.query(
      "SELECT user_id, action, request_id, host(address) AS address, detail FROM audit_log WHERE target = $1 ORDER BY id",
      [room.id],
    );
    const by = { user_id: ada.user.id, request_id: "r-Ada", address: "192.0.2.7" };
    expect(rows).toEqual([
      { ...by, action: "room.created", detail: { name: "x", visibility: "public" } },
      { ...by, action: "room.changed", detail: { name: "x", visibility: "private" } },
    ]);
  });

  it("are made once under a key, and not at all for a user who is gone", async () => {
    const [ada] = await people();
    const request = under(ada.user.id, "room", "x");
    const made = await Promise.all(
      times(10, () => store.rooms.create(ada, { name: "x", visibility: "public" }, request)),
    );
    expect(new Set(made.map(({ value }) => value.id)).size).toBe(1);
    expect(made.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect((await store.rooms.list(ada.user, page)).rooms).toHaveLength(1);
    const ghost = { user: gone };
    const keyed = under(gone.id, "k", "x");
    expect(
      await outcomes([
        store.rooms.create(ghost, { name: "x", visibility: "public" }),
        store.rooms.create(ghost, { name: "x", visibility: "public" }, keyed),
      ]),
    ).toEqual(["unauthorized", "unauthorized"]);
  });
});

describe("members", () => {
  it("join a public room once, however many ask at once", async () => {
    const [ada, bob] = await people();
    const { id } = (await store.rooms.create(ada, { name: "x", visibility: "public" })).value;
    const joins = await outcomes(times(10, () => store.members.add(bob, id, { role: "member" })));
    expect(joins.sort()).toEqual([...times(9, () => "already_a_member"), "ok"]);
    const { members, next } = await store.members.list(bob.user, id, page);
    expect([members.map(({ user, role }) => `${user.name} ${role}`), next]).toEqual([
      ["Ada owner", "Bob member"],
      null,
    ]);
    expect(await auditOf(id)).toEqual(["room.created", "member.added"]);
  });

  it("are added under a key once, also after they have left", async () => {
    const [ada, bob] = await people();
    const { id } = (await store.rooms.create(ada, { name: "x", visibility: "private" })).value;
    const add = () =>
      store.members.add(
        ada,
        id,
        { user: bob.user.id, role: "member" },
        under(ada.user.id, "add", bob.user.id),
      );
    const first = await add();
    await store.members.remove(bob, id, bob.user.id);
    expect(await add()).toEqual({ value: first.value, replayed: true });
    expect(await outcomes([store.rooms.access(bob.user, id)])).toEqual(["room_not_found"]);
  });

  it("are added, changed and removed by those with the right alone", async () => {
    const [ada, bob, eve] = await people();
    const { id } = (await store.rooms.create(ada, { name: "x", visibility: "public" })).value;
    await store.members.add(ada, id, { user: bob.user.id, role: "moderator" });
    expect(
      await outcomes([
        store.members.add(bob, id, { user: eve.user.id, role: "moderator" }),
        store.members.add(eve, id, { role: "moderator" }),
        store.members.add(ada, id, { user: missing, role: "member" }),
        store.members.change(bob, id, bob.user.id, "owner"),
        store.members.change(ada, id, eve.user.id, "owner"),
        store.members.remove(bob, id, ada.user.id),
        store.members.remove(ada, id, eve.user.id),
        store.members.remove(eve, id, eve.user.id),
        store.members.list(eve.user, id, page),
        store.members.add({ user: gone }, id, { role: "member" }),
      ]),
    ).toEqual([
      ...["forbidden", "forbidden", "user_not_found", "forbidden", "member_not_found"],
      ...["forbidden", "member_not_found", "member_not_found", "not_a_member", "unauthorized"],
    ]);
    const added = await store.members.add(bob, id, { user: eve.user.id, role: "member" });
    expect(added.value).toMatchObject({ user: eve.user, role: "member" });
    await store.members.remove(bob, id, eve.user.id);
    expect((await store.members.change(ada, id, bob.user.id, "owner")).role).toBe("owner");
    const first = await store.members.list(bob.user, id, { limit: 1 });
    expect([first.members[0]?.user, first.next]).toEqual([ada.user, ada.user.id]);
    const second = await store.members.list(bob.user, id, { limit: 1, after: ada.user.id });
    expect([second.members[0]?.user, second.next]).toEqual([bob.user, null]);
  });

  it("never leave a room without an owner, even when all owners leave or step down at once", async () => {
    for (const attempt of times(10, String)) {
      const [ada, bob] = await people();
      const { id } = (await store.rooms.create(ada, { name: attempt, visibility: "public" })).value;
      await store.members.add(bob, id, { role: "member" });
      await store.members.change(ada, id, bob.user.id, "owner");
      const results = await outcomes([
        store.members.remove(ada, id, ada.user.id),
        Number(attempt) % 2 === 0
          ? store.members.remove(bob, id, bob.user.id)
          : store.members.change(bob, id, bob.user.id, "member"),
      ]);
      expect(results.sort()).toEqual(["last_owner", "ok"]);
      const { rows } = await pool.query(
        "SELECT count(*)::int AS owners FROM room_members WHERE room_id = $1 AND role = 'owner'",
        [id],
      );
      expect(rows[0].owners).toBe(1);
    }
  });

  it("who are demoted at that moment use no right that they have lost", async () => {
    const [ada, bob, eve] = await people();
    const { id } = (await store.rooms.create(ada, { name: "x", visibility: "private" })).value;
    await store.members.add(ada, id, { user: bob.user.id, role: "moderator" });
    const lock = await pool.connect();
    await lock.query("BEGIN");
    await lock.query("SELECT FROM rooms WHERE id = $1 FOR NO KEY UPDATE", [id]);
    const late = outcomes([store.members.add(bob, id, { user: eve.user.id, role: "member" })]);
    await eventually("the addition waits", async () => {
      const { rows } = await pool.query("SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted");
      expect(rows[0].waiting).toBe(1);
    });
    await lock.query("UPDATE room_members SET role = 'member' WHERE room_id = $1 AND user_id = $2", [
      id,
      bob.user.id,
    ]);
    await lock.query("COMMIT");
    lock.release();
    expect(await late).toEqual(["forbidden"]);
  });
});

describe("messages", () => {
  it("are read by members alone, page by page", async () => {
    const [ada, bob] = await people();
    const { id } = (await store.rooms.create(ada, { name: "x", visibility: "public" })).value;
    const read = (after: number, limit: number) => store.messages.page(ada.user, id, { after, limit });
    expect(await read(0, 10)).toEqual({ messages: [], next: null });
    const sent = [];
    for (const body of ["a", "b", "c"]) sent.push((await store.messages.post(ada.user, id, body)).message);
    expect(await read(0, 2)).toEqual({ messages: sent.slice(0, 2), next: 2 });
    expect(await read(2, 2)).toEqual({ messages: sent.slice(2), next: null });
    expect(await read(3, 2)).toEqual({ messages: [], next: null });
    expect(
      await outcomes([
        store.messages.page(bob.user, id, { after: 0, limit: 2 }),
        store.messages.post(bob.user, id, "x"),
        store.messages.post(gone, id, "x"),
      ]),
    ).toEqual(["not_a_member", "not_a_member", "unauthorized"]);
  });

  it("are stored once under a key, each with its row in the outbox", async () => {
    const [ada] = await people();
    const { id } = (await store.rooms.create(ada, { name: "x", visibility: "public" })).value;
    const posted = await Promise.all(times(10, () => store.messages.post(ada.user, id, "once", "k")));
    expect(new Set(posted.map(({ message }) => JSON.stringify(message))).size).toBe(1);
    expect(posted.filter(({ replayed, outboxId }) => !replayed && outboxId !== undefined)).toHaveLength(1);
    expect(posted.filter(({ replayed, outboxId }) => replayed && outboxId === undefined)).toHaveLength(9);
    expect(await outcomes([store.messages.post(ada.user, id, "other", "k")])).toEqual([
      "idempotency_key_reused",
    ]);
    const { message } = await store.messages.post(ada.user, id, "next");
    expect(message.seq).toBe(2);
    const { rows } = await pool.query(
      "SELECT topic, payload FROM outbox WHERE payload ->> 'room' = $1 ORDER BY id",
      [id],
    );
    expect(rows).toEqual([
      { topic: "message", payload: { room: id, seq: 1 } },
      { topic: "message", payload: { room: id, seq: 2 } },
    ]);
  });

  it("that are posted at once are all stored, whatever is wrong with some of them", async () => {
    const [ada, bob] = await people();
    const rooms = await Promise.all(
      times(4, async () => (await store.rooms.create(ada, { name: "x", visibility: "public" })).value.id),
    );
    const [first = "", second = "", ...others] = rooms;
    // PostgreSQL stores no text with this character: what the API refuses before, here it stands for any mistake.
    const unstorable = "\u0000";
    // Two processes, each with the rooms in an order of its own.
    const two = [store, createStore(pool)];
    const sent = two.flatMap(({ messages }, process) =>
      times(25, (index) =>
        messages.post(ada.user, (process === 0 ? rooms : rooms.toReversed())[index % 4] ?? "", "hi"),
      ),
    );
    const wrong = outcomes([
      store.messages.post(bob.user, first, "not a member"),
      store.messages.post(ada.user, missing, "no such room"),
      store.messages.post(ada.user, second, unstorable),
      store.messages.post(ada.user, second, "hi"),
    ]);
    expect(await outcomes(sent)).toEqual(times(50, () => "ok"));
    expect(await wrong).toEqual(["not_a_member", "room_not_found", "22021", "ok"]);
    const counts = await Promise.all(
      [first, second, ...others].map(async (room) =>
        (await store.messages.page(ada.user, room, { after: 0, limit: 50 })).messages.map(({ seq }) => seq),
      ),
    );
    for (const seqs of counts) expect(seqs).toEqual(times(seqs.length, (index) => index + 1));
    expect(counts.flat()).toHaveLength(51);
  });
});
