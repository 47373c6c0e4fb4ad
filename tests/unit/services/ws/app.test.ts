import { afterEach, describe, expect, it, vi } from "vitest";
import { isSocketPath } from "../../../../services/ws/server";
import { connect, fakeServer } from "./fakes";

afterEach(() => vi.useRealTimers());

describe("SocketApp.drain", () => {
  it("asks all clients to reconnect, spread over the drain, and cuts those that stay", async () => {
    const { app, metrics } = fakeServer();
    const clients = await Promise.all(Array.from({ length: 4 }, () => connect(app)));
    expect(await metrics()).toContain("websocket_connections 4\n");
    vi.useFakeTimers();
    const drained = app.drain(100);
    const closed = () => clients.filter(({ socket }) => socket.calls.length > 0).length;
    const counts = [];
    for (let time = 0; time < 80; time += 20) {
      counts.push(closed());
      await vi.advanceTimersByTimeAsync(20);
    }
    expect(counts).toEqual([1, 2, 3, 4]);
    for (const { socket } of clients) {
      expect(socket.calls).toEqual(["close 1012 the server restarts; reconnect and resume"]);
    }
    for (const { connection } of clients.slice(1)) app.release(connection, 1012);
    await vi.advanceTimersByTimeAsync(40);
    await drained;
    expect(clients.map(({ socket }) => socket.calls.includes("terminate"))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(await metrics()).toContain('websocket_disconnects_total{code="1012"} 3\n');
  });

  it("does not wait when nobody is connected", async () => {
    vi.useFakeTimers();
    await fakeServer().app.drain(20_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("isSocketPath", () => {
  it("takes the root and everything under /ws, with a query or without", () => {
    for (const path of ["/", "/?v=1", "/ws", "/ws/", "/ws/studio/1", "/ws?x"])
      expect(isSocketPath(path)).toBe(true);
    for (const path of ["/health", "/wss", "/v1/ws"]) expect(isSocketPath(path)).toBe(false);
  });
});
