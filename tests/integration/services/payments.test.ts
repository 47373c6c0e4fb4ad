/** Files, payments and figures on a real PostgreSQL. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mostLevels } from "../../../services/api/plugins/json-bodies";
import type { PaymentEvent } from "../../../services/runtime/store/payments";
import { createStatistics } from "../../../services/runtime/store/statistics";
import { missing, outcomes, type RealStore, startStore, times } from "./store";

let real: RealStore;
let { store, pool, people, auditOf } = {} as RealStore;
beforeAll(async () => {
  real = await startStore();
  ({ store, pool, people, auditOf } = real);
}, 90_000);
afterAll(() => real?.remove());

describe("files", () => {
  it("belong to their owner, and to the members of their room as long as they are", async () => {
    const [ada, bob, eve] = await people();
    const { id: room } = (await store.rooms.create(ada, { name: "x", visibility: "public" })).value;
    await store.rooms.follow(bob.user, room);
    const request = { name: "Übung.pdf", type: "application/pdf", bytes: 5_000_000_000, room };
    const file = (await store.files.create(ada, request)).value;
    const { value: own } = await store.files.create(ada, { name: "x", type: "image/png", bytes: 1 });
    expect(await store.files.get(bob.user, file.id)).toEqual(file);
    expect(file).toMatchObject({ name: "Übung.pdf", bytes: 5_000_000_000 });
    await store.members.remove(ada, room, bob.user.id);
    expect(
      await outcomes([
        store.files.get(ada.user, file.id),
        store.files.get(bob.user, file.id),
        store.files.get(eve.user, file.id),
        store.files.get(bob.user, own.id),
        store.files.get(ada.user, missing),
        store.files.create(eve, request),
      ]),
    ).toEqual(["ok", ...times(4, () => "file_not_found"), "not_a_member"]);
  });
});

describe("payments", () => {
  const event = (id: string, second: number, payment: Partial<PaymentEvent["payment"]>): PaymentEvent => ({
    id,
    type: "test",
    createdAt: new Date(1_900_000_000_000 + second * 1_000),
    payload: { id },
    payment: { id: "pi", userId: undefined, amount: 500, currency: "eur", status: "succeeded", ...payment },
  });
  const kept = async (id: string) => {
    const { rows } = await pool.query(
      "SELECT user_id, amount, status, event_id FROM payments WHERE id = $1",
      [id],
    );
    return rows[0];
  };

  it("take an event once, however many deliveries come at once", async () => {
    const [ada] = await people();
    const once = event("evt_once", 1, { id: "pi_once", userId: ada.user.id });
    const taken = await Promise.all(times(10, () => store.payments.receive(once, { requestId: "r" })));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await kept("pi_once")).toEqual({
      user_id: ada.user.id,
      amount: "500",
      status: "succeeded",
      event_id: "evt_once",
    });
    expect(await auditOf("pi_once")).toEqual(["payment.received"]);
  });

  it("end as the latest event says, in whatever order events come", async () => {
    const [ada] = await people();
    const story = (id: string) => [
      event(`${id}-1`, 1, { id, status: "failed" }),
      event(`${id}-2`, 2, { id, status: "succeeded" }),
      event(`${id}-3`, 8, { id, status: "refunded", userId: ada.user.id }),
      event(`${id}-4`, 9, { id, status: "failed" }),
      event(`${id}-5`, 9, { id, status: "partially_refunded" }),
    ];
    const orders = [
      [0, 1, 2, 3, 4],
      [4, 3, 2, 1, 0],
      [2, 4, 0, 3, 1],
    ];
    for (const [index, order] of orders.entries()) {
      const id = `pi_${index}`;
      const events = story(id);
      for (const place of order) await store.payments.receive(events[place] ?? event("x", 0, {}), {});
      expect(await kept(id)).toEqual({
        user_id: ada.user.id,
        amount: "500",
        status: "partially_refunded",
        event_id: `${id}-5`,
      });
    }
    const together = story("pi_together");
    await Promise.all(together.map((one) => store.payments.receive(one, {})));
    expect((await kept("pi_together")).status).toBe("partially_refunded");
  });

  it("are kept up to the bounds of what the webhook takes", async () => {
    const id = randomBytes(128).toString("hex").slice(1);
    const nested = "[".repeat(mostLevels) + "]".repeat(mostLevels);
    const last = new Date("9999-12-31T23:59:59Z");
    const extreme = { ...event(id, 1, { id }), createdAt: last, payload: JSON.parse(nested) };
    expect(await store.payments.receive(extreme, {})).toBe(true);
    const { rows } = await pool.query("SELECT updated_at FROM payments WHERE id = $1", [id]);
    expect(rows).toEqual([{ updated_at: last }]);
  });

  it("name no user whom nobody knows, and keep events that tell of no payment", async () => {
    await store.payments.receive(event("evt_ghost", 1, { id: "pi_ghost", userId: missing }), {});
    expect((await kept("pi_ghost")).user_id).toBeNull();
    const other = { ...event("evt_other", 1, {}), payment: undefined };
    expect([await store.payments.receive(other, {}), await store.payments.receive(other, {})]).toEqual([
      true,
      false,
    ]);
  });
});

describe("statistics", () => {
  it("count the messages of rooms that a user belongs to, and of no others", async () => {
    const statistics = createStatistics(pool);
    const [ada, bob, eve] = await people();
    const make = async (visibility: "public" | "private", ...messages: string[]) => {
      const { id } = (await store.rooms.create(ada, { name: "x", visibility })).value;
      for (const body of messages) await store.messages.post(ada.user, id, body);
      return id;
    };
    const [open, closed, empty] = [
      await make("public", "a", "b"),
      await make("private", "c"),
      await make("public"),
    ];
    await store.rooms.follow(bob.user, open);
    const all = [open, closed, empty, missing];
    expect(await statistics.roomIds(ada.user.id)).toEqual([open, closed, empty]);
    expect(await statistics.countMessages(ada.user.id, all)).toEqual(
      new Map([
        [open, 2],
        [closed, 1],
        [empty, 0],
      ]),
    );
    expect(await statistics.roomIds(bob.user.id)).toEqual([open]);
    expect(await statistics.countMessages(bob.user.id, all)).toEqual(new Map([[open, 2]]));
    expect(await statistics.countMessages(eve.user.id, all)).toEqual(new Map());
  });
});

describe("figures", () => {
  it("count what is there", async () => {
    const before = await store.figures.now();
    const [ada] = await people();
    const { id } = (await store.rooms.create(ada, { name: "x", visibility: "public" })).value;
    await store.messages.post(ada.user, id, "new");
    await store.messages.post(ada.user, id, "old");
    await pool.query(
      "UPDATE messages SET sent_at = now() - interval '2 days' WHERE room_id = $1 AND seq = 2",
      [id],
    );
    await pool.query(
      `INSERT INTO sessions (user_id, expires_at, ended_at) VALUES
         ($1, now() + interval '1 hour', NULL), ($1, now() - interval '1 hour', NULL), ($1, now() + interval '1 hour', now())`,
      [ada.user.id],
    );
    const after = await store.figures.now();
    const { takenAt, ...counts } = after;
    expect(Date.parse(takenAt)).toBeGreaterThanOrEqual(Date.parse(before.takenAt));
    expect(counts).toEqual({
      users: before.users + 3,
      guests: before.guests + 3,
      rooms: before.rooms + 1,
      messages: before.messages + 2,
      messagesLastDay: before.messagesLastDay + 1,
      sessions: before.sessions + 1,
    });
  });
});
