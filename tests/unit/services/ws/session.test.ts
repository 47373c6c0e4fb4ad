import { afterEach, describe, expect, it, vi } from "vitest";
import { instance } from "../../../../services/runtime/log";
import { connect, FakeSocket, fakeServer, room, send, tokens, user } from "./fakes";

const elsewhere = "00000000-0000-4000-8000-000000000000";

afterEach(() => vi.useRealTimers());

describe("authentication", () => {
  it("is welcomed with user and instance", async () => {
    const { app, subscriptions } = fakeServer();
    const { socket } = await connect(app);
    expect(socket.frames).toEqual([{ type: "welcome", user, instance }]);
    expect([...subscriptions]).toEqual([`backline:user:${user.id}`]);
  });

  it("closes with 4401 for another first frame or a bad token", async () => {
    const { app } = fakeServer();
    const expired = (await tokens.issue(user, -1)).token;
    const closes = [];
    for (const frame of [{ type: "join", room }, "{", { type: "auth", token: expired }]) {
      const socket = new FakeSocket();
      await send(app.accept(socket), frame);
      closes.push(socket.calls);
    }
    expect(closes).toEqual([
      ["close 4401 the first frame must be an auth frame"],
      ["close 4401 the first frame must be an auth frame"],
      ["close 4401 the access token is not valid"],
    ]);
  });

  it("closes with 4408 after 5 s of silence", () => {
    vi.useFakeTimers();
    const { app } = fakeServer();
    const socket = new FakeSocket();
    app.accept(socket);
    vi.advanceTimersByTime(4_999);
    expect(socket.calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(socket.calls).toEqual(["close 4408 no auth frame in time"]);
  });

  it("closes with 1013 while Redis is away", async () => {
    const { app, stores } = fakeServer();
    stores.redis = false;
    const { socket } = await connect(app);
    expect(socket.calls).toEqual(["close 1013 a store does not answer"]);
  });

  it("happens once", async () => {
    const { app } = fakeServer();
    const { socket, session } = await connect(app);
    await send(session, { type: "auth", token: "again" });
    expect(socket.frames.at(-1)).toEqual({
      type: "error",
      code: "already_authenticated",
      detail: "This connection is authenticated already.",
    });
  });
});

describe("rooms", () => {
  it("deliver messages to all who joined, with the same frame", async () => {
    const { app } = fakeServer();
    const [a, b, c] = [await connect(app), await connect(app), await connect(app)];
    await send(a.session, { type: "join", room });
    await send(b.session, { type: "join", room });
    await send(a.session, { type: "message", room, body: " hi " });
    const frame = { type: "message", id: user.id, room, seq: 1, user, body: "hi", sentAt: "now" };
    expect(a.socket.frames.slice(1)).toEqual([{ type: "joined", room, seq: 0 }, frame]);
    expect(b.socket.frames.slice(1)).toEqual([{ type: "joined", room, seq: 0 }, frame]);
    expect(c.socket.frames.slice(1)).toEqual([]);
  });

  it("cost one subscription, which ends with the last member", async () => {
    const { app, subscriptions } = fakeServer();
    const [a, b] = [await connect(app), await connect(app)];
    await send(a.session, { type: "join", room });
    await send(a.session, { type: "join", room });
    await send(b.session, { type: "join", room });
    await send(a.session, { type: "leave", room });
    expect(a.socket.frames.at(-1)).toEqual({ type: "left", room });
    expect(subscriptions.has(`backline:room:${room}`)).toBe(true);
    app.release(b.session, 1006);
    expect(subscriptions.has(`backline:room:${room}`)).toBe(false);
    app.release(a.session, 1000);
    expect(subscriptions.size).toBe(0);
  });

  it("must exist, be joined before posting, and be 100 at most", async () => {
    const { app, subscriptions } = fakeServer();
    const { socket, session } = await connect(app);
    await send(session, { type: "join", room: elsewhere });
    await send(session, { type: "message", room, body: "hi" });
    expect(socket.frames.slice(1).map(({ code }) => code)).toEqual(["room_not_found", "not_joined"]);
    expect([...subscriptions]).toEqual([`backline:user:${user.id}`]);
  });
});

describe("frames", () => {
  it("that are malformed get an error and leave the connection open", async () => {
    const { app } = fakeServer();
    const { socket, session } = await connect(app);
    await send(session, "{");
    await send(session, { type: "shout" });
    await session.receive(Buffer.from(JSON.stringify({ type: "join", room })), true);
    expect(socket.frames.slice(1).map(({ code }) => code)).toEqual(Array(3).fill("malformed_frame"));
    expect(socket.calls).toEqual([]);
  });

  it("get an error while a store is away, and work again afterwards", async () => {
    const { app, stores } = fakeServer();
    const { socket, session } = await connect(app);
    stores.redis = false;
    await send(session, { type: "join", room });
    stores.redis = true;
    stores.postgres = false;
    await send(session, { type: "join", room });
    stores.postgres = true;
    await send(session, { type: "join", room });
    expect(socket.frames.slice(1).map(({ type, code }) => code ?? type)).toEqual([
      "store_unavailable",
      "store_unavailable",
      "joined",
    ]);
  });

  it("are handled in the order they came", async () => {
    const { app, messages } = fakeServer();
    const { session } = await connect(app);
    const bodies = Array.from({ length: 20 }, (_, index) => `m${index}`);
    await Promise.all([
      send(session, { type: "join", room }),
      ...bodies.map((body) => send(session, { type: "message", room, body })),
    ]);
    expect(messages.map(({ body }) => body)).toEqual(bodies);
  });

  it("that come faster than they can be handled stop the reading for a while", async () => {
    const { app } = fakeServer();
    const { socket, session } = await connect(app);
    await Promise.all(Array.from({ length: 100 }, () => send(session, { type: "leave", room })));
    expect(socket.calls).toEqual(["pause", "resume"]);
  });
});

describe("a client that does not keep up", () => {
  it("is closed with 4413, then cut", async () => {
    const { app, subscriptions } = fakeServer();
    const { socket, session } = await connect(app);
    vi.useFakeTimers();
    socket.bufferedAmount = 1024 * 1024 + 1;
    session.deliver(Buffer.from("{}"));
    session.deliver(Buffer.from("{}"));
    expect(socket.calls).toEqual(["close 4413 the client reads too slowly"]);
    expect(subscriptions.size).toBe(0);
    vi.advanceTimersByTime(5_000);
    expect(socket.calls.at(-1)).toBe("terminate");
  });
});

describe("heartbeats", () => {
  it("cut a client that does not answer", async () => {
    const { app } = fakeServer();
    const [alive, dead] = [await connect(app), await connect(app)];
    app.heartbeat();
    alive.session.pong();
    app.heartbeat();
    expect(alive.socket.calls).toEqual(["ping", "ping"]);
    expect(dead.socket.calls).toEqual(["ping", "terminate"]);
  });

  it("close a connection whose token has expired", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { app } = fakeServer();
    const { socket } = await connect(app, 60);
    vi.setSystemTime(Date.now() + 61_000);
    app.heartbeat();
    expect(socket.calls).toEqual(["close 4401 the access token has expired"]);
  });
});
