import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { roomChannel } from "../../../../services/contract/channels";
import { messageFrame } from "../../../../services/runtime/publisher";
import { connect, type FakeSocket, fakeServer, message, room, send } from "./fakes";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => vi.useRealTimers());

/** A generator of numbers below `most` that a seed repeats (mulberry32). */
function generator(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
}

/**
 * A room's life in random steps: messages are stored, announced late, out of order, twice or never; stores go away and
 * come back; clients resume from somewhere, or join at the end.
 */
async function live(seed: number) {
  const server = fakeServer();
  const random = generator(seed);
  const announcements: number[] = [];
  const clients: { socket: FakeSocket; after: number | undefined; joining: Promise<void> }[] = [];
  const store = () => {
    const seq = server.messages.length + 1;
    server.messages.push(message(seq));
    if (random(10) > 0) announcements.push(seq);
    if (random(10) === 0) announcements.push(seq);
  };
  const announce = () => {
    const [seq] = announcements.splice(random(announcements.length), 1);
    if (seq !== undefined) server.publish(roomChannel(room), messageFrame(message(seq)));
  };
  const join = async () => {
    const { socket, connection } = await connect(server.app);
    const after = random(4) === 0 ? undefined : random(server.messages.length + 1);
    clients.push({ socket, after, joining: send(connection, { type: "join", room, after }) });
  };
  await join();
  await clients[0]?.joining;
  for (let step = 0; step < 300; step += 1) {
    const choice = random(100);
    if (choice < 40) store();
    else if (choice < 80) announce();
    else if (choice < 84 && server.stores.redis && server.stores.postgres) await join();
    else if (choice < 87) server.stores.postgres = !server.stores.postgres;
    else if (choice < 90) {
      server.stores.redis = !server.stores.redis;
      if (server.stores.redis) server.feeds.catchUp();
    } else if (choice < 96) await vi.advanceTimersByTimeAsync(random(120));
    if (random(2) === 0) await Promise.resolve();
  }
  server.stores.redis = true;
  server.stores.postgres = true;
  server.feeds.catchUp();
  await Promise.all(clients.map(({ joining }) => joining));
  await vi.advanceTimersByTimeAsync(20_000);
  return { clients, last: server.messages.length, warnings: server.errors };
}

describe("whatever happens to announcements, subscriptions and stores", () => {
  it.each(Array.from({ length: 60 }, (_, index) => index + 1))(
    "every client has every message once and in order (seed %i)",
    async (seed) => {
      const { clients, last } = await live(seed);
      let followed = 0;
      for (const { socket, after } of clients) {
        const [joined] = socket.of("joined");
        // A store may have been away when it joined: then it was told so, and got nothing.
        if (joined === undefined) {
          expect(socket.of("error")[0]).toMatchObject({ code: "store_unavailable", room });
          expect(socket.calls).toEqual([]);
          continue;
        }
        followed += 1;
        const place = socket.frames.indexOf(joined);
        const before = socket.frames.slice(0, place).filter(({ type }) => type === "message");
        const from = after ?? Number(joined.seq);
        expect(before.map(({ seq }) => seq)).toEqual(
          range(from, after === undefined ? from : Number(joined.seq)),
        );
        expect(socket.of("message").map(({ seq }) => seq)).toEqual(range(from, last));
      }
      expect(last).toBeGreaterThan(60);
      expect(followed).toBeGreaterThan(0);
    },
  );
});

const range = (after: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - after) }, (_, index) => after + index + 1);
