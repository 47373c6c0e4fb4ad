import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { presenceKey, roomChannel } from "../../../services/contract/channels";
import { createPresence, presenceMember } from "../../../services/runtime/presence";
import { eventually, type Stores, startStores } from "../../support/stores";

const room = "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a11";
const ada = { id: "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a12", name: 'Ada "L" \u{1f600}\n Lovelace' };
const bob = { id: "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a13", name: "Bob" };
const log = { debug: () => undefined };

let stores: Stores;
let clients: Redis[];
let told: { user: string; present: boolean }[];
beforeAll(async () => {
  stores = await startStores();
  const { host, redisPort: port, password } = stores;
  clients = Array.from({ length: 3 }, () => new Redis({ host, port, password }));
  await clients[2]?.subscribe(roomChannel(room));
  clients[2]?.on("message", (_channel, text) => {
    const { type, room: where, user, present } = JSON.parse(text);
    expect([type, where]).toEqual(["presence", room]);
    told.push({ user: user.name, present });
  });
}, 90_000);
afterAll(async () => {
  for (const client of clients ?? []) client.disconnect();
  await stores?.remove();
});
beforeEach(async () => {
  await clients[0]?.del(presenceKey(room));
  told = [];
});

/** Two processes on one Redis. */
function processes(leaseMilliseconds?: number) {
  const [first, second] = clients;
  if (first === undefined || second === undefined) throw new Error("not connected");
  return [
    createPresence(first, log, leaseMilliseconds),
    createPresence(second, log, leaseMilliseconds),
  ] as const;
}

const untilTold = (changes: typeof told) =>
  eventually("the frames come", async () => expect(told).toEqual(changes), 10);

describe("presence in Redis", () => {
  it("announces a user's first entry and the end of the last one, each once", async () => {
    const [first, second] = processes();
    const members = Array.from({ length: 20 }, (_, index) => presenceMember(ada, `c${index}`));
    const lists = await Promise.all(
      members.map((member, index) => (index % 2 === 0 ? first : second).enter(room, member)),
    );
    expect(lists.every((list) => JSON.stringify(list) === JSON.stringify([ada]))).toBe(true);
    expect(await second.enter(room, presenceMember(bob, "c"))).toEqual(expect.arrayContaining([ada, bob]));
    for (const [index, member] of members.entries()) (index % 3 === 0 ? first : second).leave(room, member);
    first.leave(room, "nobody");
    await untilTold([
      { user: ada.name, present: true },
      { user: "Bob", present: true },
      { user: ada.name, present: false },
    ]);
    expect(await first.enter(room, presenceMember(bob, "d"))).toEqual([bob]);
  });

  it("announces the end of what was not renewed, by whoever looks next", async () => {
    const [first, second] = processes(300);
    const mine = { room, members: [presenceMember(bob, "b")] };
    await first.enter(room, presenceMember(ada, "a"));
    await second.enter(room, presenceMember(bob, "b"));
    await eventually("Ada has expired", async () => {
      await second.renew([mine]);
      expect(told).toHaveLength(3);
    });
    await Promise.all([first.renew([mine]), second.renew([mine])]);
    await untilTold([
      { user: ada.name, present: true },
      { user: "Bob", present: true },
      { user: ada.name, present: false },
    ]);
  });

  it("puts entries back that were lost, and says so", async () => {
    const [first] = processes();
    await first.enter(room, presenceMember(ada, "a"));
    await clients[1]?.del(presenceKey(room));
    await first.renew([{ room, members: [presenceMember(ada, "a"), presenceMember(bob, "b")] }]);
    await eventually("both are back", async () => expect(told).toHaveLength(3), 10);
    expect(
      told
        .slice(1)
        .map(({ user }) => user)
        .sort(),
    ).toEqual([ada.name, "Bob"].sort());
    expect(await clients[0]?.zcard(presenceKey(room))).toBe(2);
  });

  it("does not fail a heartbeat while Redis is away", async () => {
    const { host } = stores;
    const away = new Redis({
      host,
      port: 1,
      lazyConnect: true,
      enableOfflineQueue: false,
      retryStrategy: () => null,
    });
    away.on("error", () => undefined);
    const presence = createPresence(away, log);
    await presence.renew([{ room, members: [presenceMember(ada, "a")] }]);
    presence.leave(room, presenceMember(ada, "a"));
    await expect(presence.enter(room, presenceMember(ada, "a"))).rejects.toThrow();
    away.disconnect();
  });
});
