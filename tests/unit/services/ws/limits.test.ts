import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { socketLimits } from "../../../../services/contract/frames";
import { FrameAllowance } from "../../../../services/ws/limits";
import { connect, FakeSocket, fakeServer, joined, message, room, send } from "./fakes";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

const { frameBurst, framesPerSecond, refusedFrames, heartbeatMilliseconds } = socketLimits;

describe("FrameAllowance", () => {
  it("lets a burst through, then as many as the long run allows", () => {
    const allowance = new FrameAllowance(0);
    const taken = (now: number, frames: number) =>
      Array.from({ length: frames }, () => allowance.take(now)).filter((verdict) => verdict === "taken")
        .length;
    expect(taken(0, frameBurst + 10)).toBe(frameBurst);
    expect(taken(1_000, framesPerSecond + 10)).toBe(framesPerSecond);
    expect(taken(1_000_000, frameBurst + 10)).toBe(frameBurst);
  });

  it("is exhausted after too many refusals, unless the client has been quiet in between", () => {
    const allowance = new FrameAllowance(0);
    const verdicts = (now: number, frames: number) =>
      Array.from({ length: frames }, () => allowance.take(now));
    verdicts(0, frameBurst);
    expect(verdicts(0, refusedFrames)).toEqual(Array(refusedFrames).fill("refused"));
    expect(allowance.take(0)).toBe("exhausted");
    expect(allowance.take(10_000)).toBe("taken");
    verdicts(10_000, frameBurst - 1);
    expect(allowance.take(10_000)).toBe("refused");
  });
});

describe("a client that sends too much", () => {
  it("gets rate_limited with room and key of the frame, and then 4429", async () => {
    const { app, messages } = fakeServer();
    const { socket, connection } = await joined(app);
    await Promise.all(Array.from({ length: frameBurst - 2 }, () => send(connection, { type: "ping" })));
    await send(connection, { type: "message", room, body: "hi", key: "k" });
    expect(socket.frames.at(-1)).toEqual({
      type: "error",
      code: "rate_limited",
      detail: "The connection sends too many frames; send fewer.",
      room,
      key: "k",
    });
    expect(messages).toEqual([]);
    await Promise.all(Array.from({ length: refusedFrames - 1 }, () => send(connection, "{")));
    expect(socket.calls.filter((call) => call.startsWith("close"))).toEqual([]);
    await send(connection, { type: "ping" });
    expect(socket.calls.at(-1)).toBe("close 4429 too many frames");
    expect(socket.of("error")).toHaveLength(refusedFrames);
  });

  it("is read from no further while its frames wait", async () => {
    const { app } = fakeServer();
    const { socket, connection } = await connect(app);
    await Promise.all(Array.from({ length: 100 }, () => send(connection, { type: "leave", room })));
    expect(socket.calls).toEqual(["pause", "resume"]);
  });

  it("has its WebSocket pings counted, and answered only when it reads the answers", async () => {
    const { app } = fakeServer();
    const { socket, connection } = await connect(app);
    connection.pinged(Buffer.from("1"));
    socket.bufferedAmount = socketLimits.bufferedBytes + 1;
    connection.pinged(Buffer.from("2"));
    expect(socket.calls).toEqual(["pong 1"]);
    socket.bufferedAmount = 0;
    for (let index = 0; index < frameBurst + refusedFrames; index += 1) connection.pinged(Buffer.from("3"));
    expect(socket.calls.at(-1)).toBe("close 4429 too many frames");
  });
});

describe("a client that reads too slowly", () => {
  it("is closed with 4413, then cut, and costs nothing any more", async () => {
    const { app, subscriptions } = fakeServer();
    const { socket, connection } = await joined(app);
    socket.bufferedAmount = socketLimits.bufferedBytes;
    expect(connection.deliver("{}")).toBe(true);
    socket.bufferedAmount += 1;
    expect([connection.deliver("{}"), connection.deliver("{}")]).toEqual([false, false]);
    expect(socket.calls).toEqual(["close 4413 the client reads too slowly"]);
    expect(subscriptions.size).toBe(0);
    vi.advanceTimersByTime(4_999);
    app.tick();
    expect(socket.calls).toHaveLength(1);
    vi.advanceTimersByTime(1);
    app.tick();
    expect(socket.calls.at(-1)).toBe("terminate");
  });

  it("is replayed no more than it reads, and given up after 20 s", async () => {
    const { app, messages } = fakeServer();
    messages.push(...Array.from({ length: 300 }, (_, index) => message(index + 1)));
    const { socket, connection } = await connect(app);
    socket.bufferedAmount = 256 * 1024;
    const work = send(connection, { type: "join", room, after: 0 });
    await vi.waitFor(() => expect(socket.reads).toHaveLength(1));
    expect(socket.of("message")).toHaveLength(1);
    socket.reads[0]?.();
    await vi.waitFor(() => expect(socket.reads).toHaveLength(2));
    expect(socket.of("message")).toHaveLength(2);
    vi.advanceTimersByTime(20_000);
    app.tick();
    expect(socket.calls.at(-1)).toBe("close 4413 the client reads too slowly");
    socket.reads[1]?.();
    await work;
    expect([socket.of("message").length, socket.of("joined").length]).toEqual([2, 0]);
  });
});

describe("heartbeats", () => {
  it("cut a client that does not answer", async () => {
    const { app } = fakeServer();
    const [alive, dead] = [await connect(app), await connect(app)];
    vi.advanceTimersByTime(heartbeatMilliseconds);
    app.tick();
    app.tick();
    alive.connection.pong();
    vi.advanceTimersByTime(heartbeatMilliseconds);
    app.tick();
    expect(alive.socket.calls).toEqual(["ping", "ping"]);
    expect(dead.socket.calls).toEqual(["ping", "terminate"]);
  });

  it("spare a client that cannot be heard since it is not read from", async () => {
    const { app, store } = fakeServer();
    const { socket, connection } = await joined(app);
    let answer: () => void = () => undefined;
    const { post } = store.messages;
    store.messages.post = async (...args) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return post(...args);
    };
    const frames = Array.from({ length: 32 }, (_, index) =>
      send(connection, index === 0 ? { type: "message", room, body: "slow" } : { type: "ping" }),
    );
    await Promise.resolve();
    for (let beat = 0; beat < 2; beat += 1) {
      vi.advanceTimersByTime(heartbeatMilliseconds);
      app.tick();
    }
    expect(socket.calls).toEqual(["pause", "ping", "ping"]);
    answer();
    await Promise.all(frames);
    expect(socket.calls.at(-1)).toBe("resume");
  });
});

it("a connection has no timers", () => {
  vi.useFakeTimers();
  const { app } = fakeServer();
  app.accept(new FakeSocket());
  expect(vi.getTimerCount()).toBe(0);
});
