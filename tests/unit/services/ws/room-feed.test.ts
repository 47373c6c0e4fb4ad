import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../../../../services/contract/problems";
import type { Message } from "../../../../services/contract/rooms";
import { createRegistry, socketMetrics } from "../../../../services/runtime/metrics";
import { messageFrame } from "../../../../services/runtime/publisher";
import { type Follower, RoomFeed } from "../../../../services/ws/room-feed";
import { ada, bob, message, room } from "./fakes";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function setUp(stored: number) {
  const messages: Message[] = Array.from({ length: stored }, (_, index) => message(index + 1));
  const state = { away: false, queries: 0, warnings: [] as unknown[] };
  const registry = createRegistry();
  const feed = new RoomFeed(room, {
    messages: {
      async after(_room, { after, limit }) {
        state.queries += 1;
        if (state.away) throw new Problem("store_unavailable", "away");
        const rest = messages.filter(({ seq }) => seq > after);
        return { messages: rest.slice(0, limit), next: rest.length > limit ? after + limit : null };
      },
    },
    membership: { among: async (_room, users) => new Set(users) },
    reading: { execute: async (work) => work({ signal: new AbortController().signal }) as never },
    log: { warn: (fields: unknown) => void state.warnings.push(fields) },
    metrics: socketMetrics(registry),
  });
  /** The message is stored and, unless told otherwise, announced. */
  const post = (seq: number) => {
    messages.push(message(seq));
    messages.sort((a, b) => a.seq - b.seq);
  };
  const announce = (seq: number) =>
    feed.onPublished({ type: "message", seq }, Buffer.from(messageFrame(message(seq))));
  return { feed, messages, state, post, announce, metrics: () => registry.metrics() };
}

function follower(userId = ada.id) {
  const frames: Buffer[] = [];
  return {
    userId,
    presenceMember: `${userId} c Ada`,
    frames,
    revoke: () => undefined,
    deliver: (frame: Buffer) => frames.push(frame) > 0,
    seqs: () => frames.map((frame) => JSON.parse(frame.toString()).seq),
  } satisfies Follower & Record<string, unknown>;
}

function following({ feed }: Pick<ReturnType<typeof setUp>, "feed">, position: number, userId?: string) {
  const client = follower(userId);
  feed.attach(client);
  feed.follow(client, position);
  return client;
}

describe("RoomFeed", () => {
  it("delivers the same buffer to every follower, counted once", async () => {
    const { feed, post, announce, metrics } = setUp(0);
    feed.start(0);
    const [a, b] = [following({ feed }, 0), following({ feed }, 0)];
    post(1);
    announce(1);
    expect([a.seqs(), b.seqs()]).toEqual([[1], [1]]);
    expect(a.frames[0]).toBe(b.frames[0]);
    expect(await metrics()).toContain('websocket_messages_total{direction="out"} 2\n');
  });

  it("drops duplicates and reorders what comes within 100 ms, without asking the store", () => {
    const { feed, announce, state } = setUp(5);
    feed.start(0);
    const client = following({ feed }, 0);
    for (const seq of [2, 1, 1, 2, 5, 4]) announce(seq);
    expect(client.seqs()).toEqual([1, 2]);
    vi.advanceTimersByTime(99);
    announce(3);
    expect(client.seqs()).toEqual([1, 2, 3, 4, 5]);
    vi.advanceTimersByTime(10_000);
    expect([state.queries, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("keeps no duplicate", () => {
    const { feed, announce, state } = setUp(1_003);
    feed.start(0);
    const client = following({ feed }, 0);
    for (let seq = 1; seq <= 1_000; seq += 1) for (const again of [seq, seq, 1]) announce(again);
    for (const seq of [1_003, 1_002, 1_001]) announce(seq);
    expect(client.seqs()).toEqual(Array.from({ length: 1_003 }, (_, index) => index + 1));
    expect(state.queries).toBe(0);
  });

  it("reads what is missing for longer", async () => {
    const { feed, announce, state, metrics } = setUp(4);
    feed.start(0);
    const client = following({ feed }, 0);
    announce(4);
    await vi.advanceTimersByTimeAsync(99);
    expect(client.seqs()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(client.seqs()).toEqual([1, 2, 3, 4]);
    announce(2);
    expect([client.seqs().length, state.queries]).toEqual([4, 1]);
    expect(await metrics()).toContain("websocket_recovered_messages_total 4\n");
  });

  it("keeps what is published before it knows where it starts", () => {
    const { feed, announce } = setUp(3);
    const client = follower();
    feed.attach(client);
    for (const seq of [2, 3, 1]) announce(seq);
    feed.start(1);
    expect(feed.last).toBe(3);
    feed.follow(client, 3);
    feed.start(0);
    announce(3);
    announce(4);
    expect(client.seqs()).toEqual([4]);
  });

  it("gives a follower who has read further only what comes after that", () => {
    const { feed, announce } = setUp(6);
    feed.start(2);
    const client = following({ feed }, 4);
    expect([feed.position(client), feed.last]).toEqual([4, 2]);
    for (const seq of [3, 4, 5, 6]) announce(seq);
    expect(client.seqs()).toEqual([5, 6]);
    expect(feed.position(client)).toBe(6);
  });

  it("catches up page by page after a lost subscription, with growing pauses while the store is away", async () => {
    const { feed, state } = setUp(250);
    feed.start(0);
    const client = following({ feed }, 0);
    state.away = true;
    feed.catchUp();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(state.queries).toBeGreaterThan(5);
    expect(state.queries).toBeLessThan(40);
    expect(client.seqs()).toEqual([]);
    state.away = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(client.seqs()).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
    const { queries } = state;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(state.queries).toBe(queries);
  });

  it("catches up when the subscription was lost before it knew where it starts", async () => {
    const { feed } = setUp(3);
    feed.catchUp();
    feed.start(1);
    const client = following({ feed }, 1);
    await vi.advanceTimersByTimeAsync(1);
    expect(client.seqs()).toEqual([2, 3]);
  });

  it("forgets an announcement of what is not stored", async () => {
    const { feed, announce, post, state } = setUp(2);
    feed.start(2);
    const client = following({ feed }, 2);
    announce(9);
    await vi.advanceTimersByTimeAsync(100);
    expect(state.warnings).toEqual([{ room, seq: 9 }]);
    post(3);
    announce(3);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([client.seqs(), vi.getTimerCount(), state.queries]).toEqual([[3], 0, 1]);
  });

  it("asks nobody any more once it is closed", async () => {
    const { feed, announce, state } = setUp(5);
    feed.start(0);
    state.away = true;
    announce(5);
    feed.catchUp();
    await vi.advanceTimersByTimeAsync(500);
    feed.close();
    const { queries } = state;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(state.queries).toBe(queries);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("passes typing and presence on to the other users, and keeps presence for those who are joining", () => {
    const { feed } = setUp(0);
    feed.start(0);
    const [mine, other, joining] = [following({ feed }, 0), following({ feed }, 3, bob.id), follower(bob.id)];
    feed.attach(joining);
    const frame = (type: "typing" | "presence") => Buffer.from(JSON.stringify({ type, user: ada }));
    const [typing, presence] = [frame("typing"), frame("presence")];
    feed.onPublished({ type: "typing", user: ada }, typing);
    feed.onPublished({ type: "presence", user: ada }, presence);
    expect([mine.frames, other.frames, joining.frames]).toEqual([[], [typing, presence], []]);
    feed.follow(joining, 0);
    expect(joining.frames).toEqual([presence]);
    expect(feed.presenceMembers().sort()).toEqual(
      [mine, joining, other].map(({ presenceMember }) => presenceMember).sort(),
    );
  });
});
