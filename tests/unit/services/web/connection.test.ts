import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  closeCodes as contractCodes,
  subprotocol as contractSubprotocol,
} from "../../../../services/contract/frames";
import { pause } from "../../../../services/web/src/live/back-off";
import { Connection, type ConnectionStatus } from "../../../../services/web/src/live/connection";
import { closeCodes, parseFrame, subprotocol } from "../../../../services/web/src/live/protocol";
import { ada, FakeNetwork } from "./fakes";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

/** `random` 1 makes every pause as long as it can be. */
function connect(random = 1) {
  const network = new FakeNetwork();
  const statuses: ConnectionStatus["state"][] = [];
  const onReady = vi.fn();
  const onFrame = vi.fn();
  const connection = new Connection({
    open: network.open,
    token: network.token,
    onReady,
    onFrame,
    onStatus: ({ state }) => statuses.push(state),
    random: () => random,
  });
  connection.start();
  return { network, statuses, onReady, onFrame, connection };
}

describe("the protocol's constants", () => {
  it("are those of the contract", () => {
    expect({ closeCodes, subprotocol }).toEqual({
      closeCodes: contractCodes,
      subprotocol: contractSubprotocol,
    });
  });

  it("does not take what is no frame for one", () => {
    for (const data of ["", "null", "1", "[]", "{}", "{", new ArrayBuffer(2)])
      expect(parseFrame(data)).toBeUndefined();
  });
});

describe("a pause", () => {
  it("has a bound that doubles up to the most, and lies anywhere below it", () => {
    const bounds = [0, 1, 2, 3, 60, 5_000].map((attempt) =>
      pause(attempt, { base: 500, most: 3_000 }, () => 1),
    );
    expect(bounds).toEqual([500, 1_000, 2_000, 3_000, 3_000, 3_000]);
    expect(pause(3, { base: 500, most: 30_000 }, () => 0)).toBe(0);
    expect(pause(3, { base: 500, most: 30_000 }, () => 0.25)).toBe(1_000);
  });
});

describe("a connection", () => {
  it("sends its token first and alone, and is online when that is accepted", async () => {
    const { network, statuses, onReady, connection } = connect();
    network.last.events.opened();
    await vi.advanceTimersByTimeAsync(0);
    expect(network.last.sent).toEqual([{ type: "auth", token: "token 1" }]);
    expect(connection.send({ type: "ping" })).toBe(false);
    network.last.say({ type: "welcome", user: ada, instance: "one" });
    expect([statuses, onReady.mock.calls.length]).toEqual([["connecting", "online"], 1]);
    expect(connection.send({ type: "ping" })).toBe(true);
  });

  it("hands over frames, but not those of a socket that was given up", async () => {
    const { network, onFrame } = connect();
    await network.last.welcome();
    const [first] = network.sockets;
    first?.say({ type: "left", room: "r" });
    first?.events.closed(1006);
    first?.say({ type: "left", room: "late" });
    expect(onFrame.mock.calls).toEqual([[{ type: "left", room: "r" }]]);
  });

  it("comes back with growing pauses, which begin anew once the server was ready", async () => {
    const { network, connection } = connect();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 4; attempt++) {
      network.last.events.closed(1006);
      pauses.push(connection.status.state === "waiting" ? connection.status.until - Date.now() : -1);
      await vi.advanceTimersByTimeAsync(pauses.at(-1) ?? 0);
    }
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000]);
    await network.last.welcome();
    network.last.events.closed(1006);
    expect(connection.status).toEqual({ state: "waiting", until: Date.now() + 500 });
  });

  it.each([
    ["a restart", contractCodes.serviceRestart, 1_000],
    ["an overload", contractCodes.tryAgainLater, 4_000],
    ["a flood of its own", contractCodes.tooManyFrames, 4_000],
    ["reading too slowly", contractCodes.slowClient, 500],
    ["a lost connection", 1006, 500],
  ])("waits after %s (%i) for %i ms at most", async (_why, code, most) => {
    const { network, connection } = connect();
    await network.last.welcome();
    network.last.events.closed(code);
    expect(connection.status).toEqual({ state: "waiting", until: Date.now() + most });
  });

  it("asks for another token at once when one is refused, and with a pause when that is refused too", async () => {
    const { network, connection } = connect();
    network.last.events.opened();
    await vi.advanceTimersByTimeAsync(0);
    network.last.events.closed(contractCodes.unauthorized);
    network.last.events.opened();
    await vi.advanceTimersByTimeAsync(0);
    expect(network.asked).toEqual([undefined, "token 1"]);
    network.last.events.closed(contractCodes.unauthorized);
    expect(connection.status).toEqual({ state: "waiting", until: Date.now() + 4_000 });
  });

  it("stops when there is no session any more, and waits when that cannot be told", async () => {
    const { network, connection } = connect();
    network.tokens = [
      () => {
        throw new Error("the API does not answer");
      },
      () => undefined,
    ];
    network.last.events.opened();
    await vi.advanceTimersByTimeAsync(0);
    expect(connection.status.state).toBe("waiting");
    await vi.advanceTimersByTimeAsync(4_000);
    network.last.events.opened();
    await vi.advanceTimersByTimeAsync(0);
    expect(connection.status).toEqual({ state: "stopped" });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(network.sockets).toHaveLength(2);
  });

  it("replaces its token on the open connection before the old one ends", async () => {
    const { network, onReady } = connect();
    await network.last.welcome();
    for (let minute = 0; minute < 14 * 6; minute++) {
      network.last.say({ type: "pong" });
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(network.last.of("auth").map(({ token }) => token)).toEqual(["token 1", "token 2"]);
    network.last.say({ type: "welcome", user: ada, instance: "one" });
    expect([network.sockets.length, onReady.mock.calls.length]).toEqual([1, 1]);
  });

  it("asks a silent server for a sign of life, and leaves one that gives none", async () => {
    const { network, connection } = connect();
    await network.last.welcome();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(network.last.of("ping")).toHaveLength(1);
    network.last.say({ type: "pong" });
    await vi.advanceTimersByTimeAsync(19_999);
    expect(network.last.of("ping")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1 + 8_000);
    expect([network.last.closedWith, connection.status.state]).toEqual([4000, "waiting"]);
  });

  it("gives up a connection that does not become ready", async () => {
    const { network, connection } = connect();
    network.last.events.opened();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([network.last.closedWith, connection.status.state]).toEqual([4000, "waiting"]);
  });

  it("ends its pause when it is woken, and asks for a sign of life when it is online", async () => {
    const { network, connection } = connect();
    network.last.events.closed(1006);
    connection.wake();
    expect(network.sockets).toHaveLength(2);
    await network.last.welcome();
    connection.wake();
    expect(network.last.of("ping")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(8_000);
    expect(connection.status.state).toBe("waiting");
  });

  it("does not come back after stop", async () => {
    const { network, connection } = connect();
    await network.last.welcome();
    connection.stop();
    network.last.events.closed(1000);
    connection.wake();
    await vi.advanceTimersByTimeAsync(600_000);
    expect([network.sockets.length, vi.getTimerCount()]).toEqual([1, 0]);
  });
});
