import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MessagesPage } from "../../../../services/contract/rooms";
import { LiveClient } from "../../../../services/web/src/live/client";
import { ada, bob, FakeNetwork, lobby, message } from "./fakes";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

const history = (all: number) =>
  vi.fn(
    async (_room: string, after: number, limit: number): Promise<MessagesPage> => ({
      messages: Array.from({ length: Math.min(limit, Math.max(0, all - after)) }, (_, index) =>
        message(after + 1 + index),
      ),
      next: null,
    }),
  );

async function start(read = history(0)) {
  const network = new FakeNetwork();
  let keys = 0;
  const onJob = vi.fn();
  const onOnline = vi.fn();
  const live = new LiveClient({
    ...{ open: network.open, token: network.token, history: read, onJob, onOnline, random: () => 1 },
    newKey: () => {
      keys += 1;
      return `key-${keys}`;
    },
  });
  live.start();
  const room = live.follow(lobby);
  await network.last.welcome();
  const joined = (seq: number, missed = 0) =>
    network.last.say({ type: "joined", room: lobby, role: "member", seq, missed, present: [ada, bob] });
  const ack = (key: string, seq: number) =>
    network.last.say({ type: "ack", room: lobby, key, id: message(seq).id, seq });
  const reconnect = async () => {
    network.last.events.closed(1006);
    await vi.advanceTimersByTimeAsync(500);
    await network.last.welcome();
  };
  const view = () => {
    const found = live.state.get().rooms[lobby];
    if (found === undefined) throw new Error("the room is not followed");
    return found;
  };
  const shown = () => view().messages.map(({ seq }) => seq);
  return { network, live, room, joined, ack, reconnect, view, shown, read, onJob, onOnline };
}

describe("messages", () => {
  it("begin with the last 50 of the room, which are read from the API", async () => {
    const { network, joined, shown, view, read, room } = await start(history(120));
    expect(network.last.of("join")).toEqual([{ type: "join", room: lobby }]);
    joined(120);
    await vi.advanceTimersByTimeAsync(0);
    expect(read.mock.calls).toEqual([[lobby, 70, 50]]);
    expect(shown()).toEqual(Array.from({ length: 50 }, (_, index) => 71 + index));
    expect(view().earlier).toBe(true);
    await room.readEarlier();
    await room.readEarlier();
    expect([shown().length, shown()[0], view().earlier]).toEqual([120, 1, false]);
  });

  it("are resumed after the last one that is shown, each once, whatever is sent again", async () => {
    const { network, joined, shown, reconnect, read } = await start();
    joined(0);
    network.last.say({ type: "message", ...message(1) });
    network.last.say({ type: "message", ...message(2) });
    await reconnect();
    expect(network.last.of("join")).toEqual([{ type: "join", room: lobby, after: 2 }]);
    for (const seq of [2, 3, 4]) network.last.say({ type: "message", ...message(seq) });
    joined(4);
    network.last.say({ type: "message", ...message(4) });
    network.last.say({ type: "message", ...message(5) });
    expect([shown(), read.mock.calls.length]).toEqual([[1, 2, 3, 4, 5], 0]);
  });

  it("that are too many to replay are read page by page before later ones are shown", async () => {
    const { network, joined, shown, view, reconnect, read } = await start(history(450));
    joined(0);
    network.last.say({ type: "message", ...message(1) });
    await reconnect();
    joined(450, 449);
    network.last.say({ type: "message", ...message(451) });
    expect([shown(), view().catchingUp]).toEqual([[1], true]);
    await vi.advanceTimersByTimeAsync(0);
    expect(read.mock.calls).toEqual([
      [lobby, 1, 200],
      [lobby, 201, 200],
      [lobby, 401, 49],
    ]);
    expect(shown()).toEqual(Array.from({ length: 451 }, (_, index) => index + 1));
    expect(view().catchingUp).toBe(false);
  });

  it("that could not be read are asked for again", async () => {
    const read = history(3).mockRejectedValueOnce(new Error("away"));
    const { joined, shown } = await start(read);
    joined(3);
    await vi.advanceTimersByTimeAsync(0);
    expect(shown()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_250);
    expect(shown()).toEqual([1, 2, 3]);
  });

  it("leave no gap when one is missing on a connection", async () => {
    const { network, joined, shown, read } = await start(history(2));
    joined(0);
    for (const seq of [1, 1, 3]) network.last.say({ type: "message", ...message(seq) });
    await vi.advanceTimersByTimeAsync(0);
    expect(read.mock.calls).toEqual([[lobby, 1, 1]]);
    expect(shown()).toEqual([1, 2, 3]);
  });
});

describe("what is written", () => {
  it("is kept until it is stored, and sent again under its key after a reconnect", async () => {
    const { network, joined, room, view, reconnect, ack, shown } = await start();
    joined(0);
    room.post("one");
    room.post("two");
    expect(network.last.of("message").map(({ key, body }) => [key, body])).toEqual([
      ["key-1", "one"],
      ["key-2", "two"],
    ]);
    ack("key-1", 1);
    network.last.events.closed(1006);
    room.post("three");
    expect(view().outgoing.map(({ body }) => body)).toEqual(["one", "two", "three"]);
    await vi.advanceTimersByTimeAsync(500);
    await network.last.welcome();
    expect(network.last.of("message")).toEqual([]);
    joined(0);
    expect(network.last.of("message").map(({ key, body }) => [key, body])).toEqual([
      ["key-2", "two"],
      ["key-3", "three"],
    ]);
    await reconnect();
    for (const seq of [1, 2]) network.last.say({ type: "message", ...message(seq) });
    joined(2);
    ack("key-2", 2);
    ack("key-3", 3);
    network.last.say({ type: "message", ...message(3) });
    expect([shown(), view().outgoing]).toEqual([[1, 2, 3], []]);
  });

  it("is not shown twice when the message comes before its ack", async () => {
    const { network, joined, room, view, ack } = await start();
    joined(0);
    room.post("one");
    network.last.say({ type: "message", ...message(1, "one") });
    ack("key-1", 1);
    expect([view().messages.length, view().outgoing]).toEqual([1, []]);
  });

  it("is sent again when the server could not store it just then", async () => {
    const { network, joined, room } = await start();
    joined(0);
    room.post("one");
    network.last.say({ type: "error", code: "store_unavailable", detail: "", room: lobby, key: "key-1" });
    await vi.advanceTimersByTimeAsync(1_250);
    expect(network.last.of("message").map(({ key }) => key)).toEqual(["key-1", "key-1"]);
  });

  it("is joined for again when the server does not know of the room", async () => {
    const { network, joined, room } = await start();
    joined(0);
    room.post("one");
    network.last.say({ type: "error", code: "not_joined", detail: "", room: lobby, key: "key-1" });
    expect(network.last.of("join")).toHaveLength(2);
    joined(0);
    expect(network.last.of("message").map(({ key }) => key)).toEqual(["key-1", "key-1"]);
  });

  it("says why it was refused, and is tried again or given up when the user says so", async () => {
    const { network, joined, room, view, reconnect } = await start();
    joined(0);
    room.post("one");
    const refused = { type: "error", code: "forbidden", detail: "no", room: lobby, key: "key-1" } as const;
    network.last.say(refused);
    expect(view().outgoing).toEqual([{ key: "key-1", body: "one", refusal: "no" }]);
    await reconnect();
    joined(0);
    expect(network.last.of("message")).toEqual([]);
    room.retry("key-1");
    expect(network.last.of("message").map(({ key }) => key)).toEqual(["key-1"]);
    network.last.say(refused);
    room.discard("key-1");
    expect(view().outgoing).toEqual([]);
  });

  it("is stored before a room is left", async () => {
    const { network, live, joined, room, ack } = await start();
    joined(0);
    room.post("one");
    live.leave(lobby);
    expect(network.last.of("leave")).toEqual([]);
    ack("key-1", 1);
    expect(network.last.of("leave")).toEqual([{ type: "leave", room: lobby }]);
    expect(live.state.get().rooms).toEqual({});
  });
});

describe("a room", () => {
  it("shows who is there, and nobody while there is no connection", async () => {
    const { network, joined, view } = await start();
    joined(0);
    const carol = { id: "carol", name: "Carol" };
    network.last.say({ type: "presence", room: lobby, user: carol, present: true });
    network.last.say({ type: "presence", room: lobby, user: bob, present: false });
    expect(view().present).toEqual([ada, carol]);
    network.last.events.closed(1006);
    expect([view().present, view().state]).toEqual([[], "joining"]);
  });

  it("shows who types until they stop, write, or are not heard of", async () => {
    const { network, joined, view } = await start();
    joined(0);
    const types = (typing: boolean) => network.last.say({ type: "typing", room: lobby, user: bob, typing });
    types(true);
    expect(view().typing).toEqual([bob]);
    types(false);
    expect(view().typing).toEqual([]);
    types(true);
    network.last.say({ type: "message", ...message(1) });
    expect(view().typing).toEqual([]);
    types(true);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(view().typing).toEqual([]);
  });

  it("tells the others about typing every few seconds, and once when it ends", async () => {
    const { network, joined, room } = await start();
    room.type(true);
    joined(0);
    for (let second = 0; second < 5; second++) {
      room.type(true);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    room.type(false);
    room.type(false);
    expect(network.last.of("typing").map(({ typing }) => typing)).toEqual([true, true, false]);
  });

  it("that is closed to the user says why, and is not asked for again", async () => {
    const { network, view, reconnect } = await start();
    network.last.say({ type: "error", code: "room_not_found", detail: "No such room.", room: lobby });
    expect(view()).toMatchObject({ state: "refused", refusal: "No such room." });
    await reconnect();
    expect(network.last.of("join")).toEqual([]);
  });

  it("that cannot be joined just now is asked for again", async () => {
    const { network, joined, view } = await start();
    network.last.say({ type: "error", code: "store_unavailable", detail: "", room: lobby });
    await vi.advanceTimersByTimeAsync(1_250);
    expect(network.last.of("join")).toHaveLength(2);
    joined(0);
    expect(view().state).toBe("live");
  });
});

describe("the client", () => {
  it("hands over jobs, and says when it is online again", async () => {
    const { network, onJob, onOnline, reconnect } = await start();
    const job = { type: "job", id: "j", kind: "echo", state: "active", progress: 50 } as const;
    network.last.say(job);
    await reconnect();
    expect([onJob.mock.calls, onOnline.mock.calls.length]).toEqual([[[job]], 2]);
  });

  it("leaves nothing behind when it is stopped", async () => {
    const { network, live, joined } = await start();
    joined(5);
    network.last.say({ type: "typing", room: lobby, user: bob, typing: true });
    live.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(live.state.get()).toEqual({ connection: { state: "stopped" }, rooms: {} });
    expect(vi.getTimerCount()).toBe(0);
  });
});
