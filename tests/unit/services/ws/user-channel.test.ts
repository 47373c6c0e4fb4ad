import { afterEach, describe, expect, it, vi } from "vitest";
import { ada, bob, connect, fakeServer, joined, room, send, uuid } from "./fakes";

afterEach(() => vi.useRealTimers());

const last = ({ socket }: Awaited<ReturnType<typeof connect>>) => socket.frames.at(-1);

describe("on the user's channel", () => {
  const channel = `backline:user:${ada.id}`;

  it("a job's progress comes to every connection of its owner", async () => {
    const { app, publish } = fakeServer();
    const [a, b, c] = [await connect(app), await connect(app), await connect(app, bob)];
    const frame = { type: "job", id: uuid(), kind: "echo", state: "active", progress: 50 };
    publish(channel, JSON.stringify(frame));
    expect([last(a), last(b), last(c)?.type]).toEqual([frame, frame, "welcome"]);
  });

  it("`left` ends what the room delivers", async () => {
    const { app, publish, subscriptions, entries } = fakeServer();
    const [a, b] = [await joined(app), await joined(app, bob)];
    publish(channel, JSON.stringify({ type: "left", room }));
    expect(last(a)).toEqual({ type: "left", room });
    await send(b.connection, { type: "message", room, body: "without Ada" });
    expect(a.socket.of("message")).toEqual([]);
    await send(a.connection, { type: "message", room, body: "hi" });
    expect(last(a)).toMatchObject({ code: "not_joined" });
    expect(entries.get(room)?.size).toBe(1);
    app.release(b.connection, 1000);
    expect([...subscriptions]).toEqual([channel]);
  });

  it("a `left` that was lost with the subscription is made up for", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { app, feeds, banned, stores } = fakeServer();
    const [a, b] = [await joined(app), await joined(app, bob)];
    banned.add(ada.id);
    stores.postgres = false;
    feeds.catchUp();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(last(a)).toMatchObject({ type: "joined" });
    stores.postgres = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(last(a)).toEqual({ type: "left", room });
    await send(b.connection, { type: "message", room, body: "without Ada" });
    expect([a.socket.of("message").length, b.socket.of("message").length]).toEqual([0, 1]);
  });

  it("`left` ends a join that is under way", async () => {
    const { app, publish, presence, feeds } = fakeServer();
    const client = await connect(app);
    const { enter } = presence;
    presence.enter = async (...args) => {
      publish(channel, JSON.stringify({ type: "left", room }));
      return enter(...args);
    };
    await send(client.connection, { type: "join", room });
    expect(last(client)).toMatchObject({ type: "error", code: "not_a_member", room });
    expect(feeds.size).toBe(0);
  });
});
