import { afterEach, describe, expect, it, vi } from "vitest";
import { clientFrame } from "../../../../services/contract/frames";
import { ada, bob, connect, type FakeServer, fakeServer, joined, message, room, send, uuid } from "./fakes";

afterEach(() => vi.useRealTimers());

const elsewhere = "00000000-0000-4000-8000-000000000000";
const last = ({ socket }: Awaited<ReturnType<typeof connect>>) => socket.frames.at(-1);
const fill = ({ messages }: FakeServer, count: number) =>
  void messages.push(...Array.from({ length: count }, (_, index) => message(index + 1)));

describe("join", () => {
  it("is answered by who is there and how far the room is", async () => {
    const server = fakeServer();
    fill(server, 3);
    const first = await joined(server.app);
    const second = await joined(server.app, bob);
    expect(first.socket.of("joined")).toEqual([
      { type: "joined", room, role: "member", seq: 3, missed: 0, present: [ada] },
    ]);
    expect(second.socket.of("joined")).toEqual([
      { type: "joined", room, role: "member", seq: 3, missed: 0, present: [ada, bob] },
    ]);
    expect(first.socket.of("message")).toEqual([]);
  });

  it("with `after` replays first, in order, and says what was too much", async () => {
    const server = fakeServer();
    fill(server, 1_250);
    const few = await joined(server.app, ada, 1_240);
    expect(few.socket.frames.slice(1).map(({ type, seq }) => `${type} ${seq}`)).toEqual([
      ...Array.from({ length: 10 }, (_, index) => `message ${1_241 + index}`),
      "joined 1250",
    ]);
    const many = await joined(server.app, ada, 50);
    expect(many.socket.of("joined")).toMatchObject([{ seq: 1_250, missed: 200 }]);
    expect(many.socket.of("message").map(({ seq }) => seq)).toEqual(
      Array.from({ length: 1_000 }, (_, index) => 251 + index),
    );
    const beyond = await joined(server.app, ada, 9_999);
    expect(beyond.socket.of("joined")).toMatchObject([{ seq: 1_250, missed: 0 }]);
    await send(beyond.connection, { type: "message", room, body: "next" });
    expect(beyond.socket.of("message")).toMatchObject([{ seq: 1_251 }]);
    expect(await server.metrics()).toContain("websocket_replayed_messages_total 1010\n");
  });

  it("without `after` tells where it begins, also when messages come meanwhile", async () => {
    const server = fakeServer();
    const first = await joined(server.app);
    const { enter } = server.presence;
    server.presence.enter = async (...args) => {
      await send(first.connection, { type: "message", room, body: "meanwhile" });
      return enter(...args);
    };
    const second = await joined(server.app, bob);
    await send(first.connection, { type: "message", room, body: "next" });
    expect(second.socket.of("joined")).toMatchObject([{ seq: 1 }]);
    expect(second.socket.of("message")).toMatchObject([{ seq: 2 }]);
  });

  it("again replays nothing, and tells where the connection is", async () => {
    const server = fakeServer();
    fill(server, 2);
    const client = await joined(server.app);
    await send(client.connection, { type: "message", room, body: "hi" });
    await send(client.connection, { type: "join", room, after: 0 });
    expect(last(client)).toEqual({ type: "joined", room, role: "member", seq: 3, missed: 0, present: [ada] });
    expect(client.socket.of("message")).toHaveLength(1);
    server.banned.add(ada.id);
    await send(client.connection, { type: "join", room });
    await send(client.connection, { type: "message", room, body: "hi" });
    expect(client.socket.of("error").map(({ code }) => code)).toEqual(["not_a_member", "not_joined"]);
  });

  it("is refused for a room that is not there, or not for the user, without a trace", async () => {
    const { app, banned, subscriptions, feeds, entries } = fakeServer();
    const client = await connect(app);
    await send(client.connection, { type: "join", room: elsewhere });
    expect(last(client)).toEqual({
      type: "error",
      code: "room_not_found",
      detail: `There is no room ${elsewhere}.`,
      room: elsewhere,
    });
    banned.add(ada.id);
    await send(client.connection, { type: "join", room });
    expect(last(client)).toMatchObject({ code: "not_a_member", room });
    expect([[...subscriptions], feeds.size, entries.size]).toEqual([[`backline:user:${ada.id}`], 0, 0]);
  });

  it("is refused for more than 100 rooms", async () => {
    const { app, store } = fakeServer();
    store.rooms.follow = async () => ({ role: "member", lastSeq: 0 });
    const client = await connect(app);
    for (let index = 0; index < 101; index += 1)
      await send(client.connection, { type: "join", room: uuid() });
    expect(client.socket.of("joined")).toHaveLength(100);
    expect(client.socket.of("error")).toMatchObject([{ code: "too_many_rooms" }]);
  });

  it("is refused while a store is away, and works afterwards; presence alone is done without", async () => {
    const { app, stores, presence } = fakeServer();
    const client = await connect(app);
    stores.redis = false;
    await send(client.connection, { type: "join", room });
    stores.redis = true;
    stores.postgres = false;
    await send(client.connection, { type: "join", room });
    expect(client.socket.of("error").map(({ code }) => code)).toEqual(Array(2).fill("store_unavailable"));
    stores.postgres = true;
    presence.enter = async () => Promise.reject(new Error("away"));
    await send(client.connection, { type: "join", room });
    expect(last(client)).toMatchObject({ type: "joined", present: [ada] });
  });

  it("works while Redis is away in a room that the process follows already", async () => {
    const { app, stores } = fakeServer();
    const first = await joined(app);
    const second = await connect(app, bob);
    stores.redis = false;
    await send(second.connection, { type: "join", room });
    expect(last(second)).toMatchObject({ type: "joined", present: [bob] });
    await send(first.connection, { type: "message", room, body: "still here" });
    expect(last(second)).toMatchObject({ type: "message", body: "still here" });
  });
});

describe("leave", () => {
  it("ends the messages, the presence and with the last member the subscription", async () => {
    const { app, subscriptions, entries } = fakeServer();
    const [a, b] = [await joined(app), await joined(app, bob)];
    await send(a.connection, { type: "leave", room });
    expect(last(a)).toEqual({ type: "left", room });
    expect([...(entries.get(room) ?? [])].map((entry) => entry.split(" ")[0])).toEqual([bob.id]);
    await send(b.connection, { type: "message", room, body: "hi" });
    expect(a.socket.of("message")).toEqual([]);
    expect(subscriptions.has(`backline:room:${room}`)).toBe(true);
    app.release(b.connection, 1006);
    expect([subscriptions.has(`backline:room:${room}`), entries.get(room)?.size]).toEqual([false, 0]);
    app.release(a.connection, 1000);
    expect(subscriptions.size).toBe(0);
  });

  it("of a room that is not followed is answered all the same", async () => {
    const { app } = fakeServer();
    const client = await connect(app);
    await send(client.connection, { type: "leave", room });
    expect(last(client)).toEqual({ type: "left", room });
  });
});

describe("message", () => {
  it("comes to all who follow, the sender among them, with the same bytes", async () => {
    const { app } = fakeServer();
    const [a, b, c] = [await joined(app), await joined(app, bob), await connect(app)];
    await send(a.connection, { type: "message", room, body: " hi " });
    const frame = { type: "message", ...message(1, "hi") };
    expect([last(a), last(b)]).toEqual([frame, frame]);
    expect(a.socket.raw.at(-1)).toBe(b.socket.raw.at(-1));
    expect(c.socket.of("message")).toEqual([]);
    expect(a.socket.of("ack")).toEqual([]);
  });

  it("with a key is acknowledged each time, stored and announced once", async () => {
    const { app, messages, published } = fakeServer();
    const { socket, connection } = await joined(app);
    for (let attempt = 0; attempt < 2; attempt += 1)
      await send(connection, { type: "message", room, body: "hi", key: "k1" });
    const ack = { type: "ack", room, key: "k1", id: message(1).id, seq: 1 };
    expect(socket.of("ack")).toEqual([ack, ack]);
    expect([messages.length, published.length, socket.of("message").length]).toEqual([1, 1, 1]);
  });

  it("is refused in a room that is not followed, and after the membership ended", async () => {
    const { app, banned, messages } = fakeServer();
    const client = await connect(app);
    await send(client.connection, { type: "message", room, body: "hi", key: "k" });
    expect(last(client)).toMatchObject({ type: "error", code: "not_joined", room, key: "k" });
    await send(client.connection, { type: "join", room });
    banned.add(ada.id);
    await send(client.connection, { type: "message", room, body: "hi", key: "k" });
    expect(last(client)).toMatchObject({ type: "error", code: "not_a_member", room, key: "k" });
    expect(messages).toEqual([]);
  });

  it("is refused while PostgreSQL is away, and stored while Redis is", async () => {
    const { app, stores, errors } = fakeServer();
    const client = await joined(app);
    stores.postgres = false;
    await send(client.connection, { type: "message", room, body: "hi", key: "k" });
    expect(last(client)).toMatchObject({ code: "store_unavailable", room, key: "k" });
    expect(errors).toMatchObject([{ userId: ada.id, frame: "message" }]);
    Object.assign(stores, { postgres: true, redis: false });
    await send(client.connection, { type: "message", room, body: "hi", key: "k" });
    expect(client.socket.of("ack")).toHaveLength(1);
    expect(client.socket.of("message")).toMatchObject([{ seq: 1 }]);
  });

  it("that fails unexpectedly says nothing about why", async () => {
    const { app, store, errors } = fakeServer();
    const client = await joined(app);
    store.messages.post = async () => Promise.reject(new Error("relation messages does not exist"));
    await send(client.connection, { type: "message", room, body: "hi" });
    expect(last(client)).toEqual({
      type: "error",
      code: "internal_error",
      detail: "The frame could not be handled.",
      room,
    });
    expect(errors).toHaveLength(1);
  });

  it("is handled after those before it", async () => {
    const { app, messages } = fakeServer();
    const { connection } = await connect(app);
    const bodies = Array.from({ length: 20 }, (_, index) => `m${index}`);
    await Promise.all([
      send(connection, { type: "join", room }),
      ...bodies.map((body) => send(connection, { type: "message", room, body })),
    ]);
    expect(messages.map(({ body }) => body)).toEqual(bodies);
  });
});

describe("typing", () => {
  it("comes to the others, at most once a second unless it changes, and is not stored", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { app, messages } = fakeServer();
    const [a, b] = [await joined(app), await joined(app, bob)];
    const type = (typing: boolean) => send(a.connection, { type: "typing", room, typing });
    for (const typing of [true, true, false, true, true]) await type(typing);
    vi.advanceTimersByTime(1_000);
    await type(true);
    expect(b.socket.of("typing").map(({ typing }) => typing)).toEqual([true, false, true, true]);
    expect(b.socket.of("typing")[0]).toEqual({ type: "typing", room, user: ada, typing: true });
    expect([a.socket.of("typing").length, messages.length]).toEqual([0, 0]);
  });

  it("is refused in a room that is not followed", async () => {
    const client = await connect(fakeServer().app);
    await send(client.connection, { type: "typing", room, typing: true });
    expect(last(client)).toEqual({ type: "error", code: "not_joined", detail: "Join the room first.", room });
  });
});

it("ping is answered by pong", async () => {
  const client = await connect(fakeServer().app);
  await send(client.connection, { type: "ping" });
  expect(last(client)).toEqual({ type: "pong" });
});

describe("a frame that is malformed", () => {
  it("gets an error that says why and names its room and key, and leaves the connection open", async () => {
    const { app } = fakeServer();
    const { socket, connection } = await connect(app);
    const bad = [
      "{",
      "null",
      { type: "shout" },
      { type: "join", room: "studio" },
      { type: "join", room, after: -1 },
      { type: "message", room, body: "", key: "k" },
      { type: "message", room, body: "x".repeat(4_001), key: "k" },
      { type: "message", room, body: "hi", key: "no blanks" },
      { type: "typing", room, typing: "yes" },
      { type: "ping", extra: true },
      { type: "leave" },
      { type: "auth" },
    ];
    for (const frame of bad) await send(connection, frame);
    await connection.receive(Buffer.from(JSON.stringify({ type: "join", room })), true);
    const errors = socket.of("error");
    expect(errors.map(({ code }) => code)).toEqual(Array(bad.length + 1).fill("malformed_frame"));
    expect(errors[3]).not.toHaveProperty("room");
    expect(errors[5]).toMatchObject({ room, key: "k", detail: expect.stringMatching(/^body: /) });
    expect(errors[7]).toEqual({
      type: "error",
      code: "malformed_frame",
      detail: "key: must be 1 to 64 letters, digits or _ . : -",
      room,
    });
    expect(socket.calls).toEqual([]);
  });

  it("there is a test above for every frame type", () => {
    const types = clientFrame.options.flatMap(({ shape }) => [...shape.type.values]);
    expect(types).toEqual(["auth", "join", "leave", "message", "typing", "ping"]);
  });
});

it("frames are measured by type", async () => {
  const { app, metrics } = fakeServer();
  await joined(app);
  expect(await metrics()).toContain('websocket_frame_duration_seconds_count{type="join"} 1\n');
  expect(await metrics()).toContain("websocket_rooms 1\n");
});
