import { afterEach, describe, expect, it, vi } from "vitest";
import { instance } from "../../../../services/runtime/log";
import { offeredToken } from "../../../../services/ws/authentication";
import { silentConnections } from "../../../../services/ws/limits";
import { ada, bob, connect, FakeSocket, fakeServer, issue, room, send, session } from "./fakes";

afterEach(() => vi.useRealTimers());

describe("authentication", () => {
  it("is welcomed with user and instance", async () => {
    const { app, subscriptions } = fakeServer();
    const { socket } = await connect(app);
    expect(socket.frames).toEqual([{ type: "welcome", user: ada, instance }]);
    expect([...subscriptions]).toEqual([`backline:user:${ada.id}`]);
  });

  it("takes the token that came with the connection before any frame", async () => {
    const { app } = fakeServer();
    const socket = new FakeSocket();
    const connection = app.accept(socket, await issue());
    await send(connection, { type: "ping" });
    expect(socket.frames.map(({ type }) => type)).toEqual(["welcome", "pong"]);
    const refused = new FakeSocket();
    await send(app.accept(refused, "forged"), { type: "ping" });
    expect(refused.calls).toEqual(["close 4401 the access token is not valid"]);
  });

  it("closes with 4401 for another first frame or a bad token", async () => {
    const { app } = fakeServer();
    const closes = [];
    for (const frame of [{ type: "join", room }, "{", { type: "auth", token: await issue(ada, -1) }]) {
      const socket = new FakeSocket();
      await send(app.accept(socket), frame);
      expect(socket.frames).toEqual([]);
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
    app.tick();
    expect(socket.calls).toEqual([]);
    vi.advanceTimersByTime(1);
    app.tick();
    expect(socket.calls).toEqual(["close 4408 no auth frame in time"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("closes the connection that has been silent for longest when too many are", async () => {
    const { app } = fakeServer();
    await connect(app);
    const sockets = Array.from({ length: silentConnections + 1 }, () => new FakeSocket());
    for (const socket of sockets) app.accept(socket);
    expect(sockets.filter(({ calls }) => calls.length > 0)).toEqual([sockets[0]]);
    expect(sockets[0]?.calls).toEqual(["close 4408 too many connections wait for their auth frame"]);
  });

  it("closes with 1013 while Redis is away", async () => {
    const { app, stores } = fakeServer();
    stores.redis = false;
    const { socket } = await connect(app);
    expect(socket.calls).toEqual(["close 1013 a store does not answer"]);
  });

  it("again extends the connection, with a token of the same user alone", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { app } = fakeServer();
    const { socket, connection } = await connect(app, ada, 60);
    await send(connection, { type: "auth", token: await issue(ada, 600) });
    expect(socket.frames.map(({ type }) => type)).toEqual(["welcome", "welcome"]);
    vi.advanceTimersByTime(61_000);
    connection.pong();
    app.tick();
    expect(socket.calls).toEqual(["ping"]);
    await send(connection, { type: "auth", token: await issue(bob, 600) });
    expect(socket.calls.at(-1)).toBe("close 4401 the token is another user's");
    const other = await connect(app);
    await send(other.connection, { type: "auth", token: "forged" });
    expect(other.socket.calls).toEqual(["close 4401 the access token is not valid"]);
  });

  it("ends with its token", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { app } = fakeServer();
    const { socket } = await connect(app, ada, 10);
    vi.advanceTimersByTime(10_000);
    app.tick();
    expect(socket.calls).toEqual(["close 4401 the access token has expired"]);
  });

  it("ends with its session, and is refused afterwards", async () => {
    const { app, ended } = fakeServer();
    const { socket } = await connect(app);
    app.endSession("6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8aff");
    expect(socket.calls).toEqual([]);
    app.endSession(session);
    expect(socket.calls).toEqual(["close 4401 the session has ended"]);
    ended.add(session);
    expect((await connect(app)).socket.calls).toEqual(["close 4401 the session has ended"]);
  });

  it("is refused when the session ends meanwhile", async () => {
    const { app, ended, subscriptions } = fakeServer();
    const socket = new FakeSocket();
    const work = send(app.accept(socket), { type: "auth", token: await issue() });
    // The token was found good already.
    while (subscriptions.size === 0) await Promise.resolve();
    ended.add(session);
    await work;
    expect(socket.calls).toEqual(["close 4401 the session has ended"]);
    expect(subscriptions.size).toBe(0);
  });

  it("finds the token among the offered subprotocols", () => {
    expect(offeredToken("backline.v1, token.a.b.c")).toBe("a.b.c");
    expect(offeredToken("backline.v1")).toBeUndefined();
    expect(offeredToken(undefined)).toBeUndefined();
  });
});
