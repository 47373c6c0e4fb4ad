import { describe, expect, it } from "vitest";
import { FanOut, type Subscriber } from "../../../../services/ws/fan-out";

function setUp(subscribe: (channel: string) => Promise<unknown> = async () => 1) {
  const calls: string[] = [];
  const subscriber: Subscriber = {
    subscribe: (channel) => {
      calls.push(`subscribe ${channel}`);
      return subscribe(channel);
    },
    unsubscribe: async (channel) => void calls.push(`unsubscribe ${channel}`),
  };
  return { calls, fanOut: new FanOut(subscriber) };
}

function member() {
  const received: string[] = [];
  return { received, deliver: (frame: Buffer) => void received.push(frame.toString()) };
}

describe("FanOut", () => {
  it("subscribes once a channel and unsubscribes with the last member", async () => {
    const { calls, fanOut } = setUp();
    const [a, b] = [member(), member()];
    await Promise.all([fanOut.join("r", a), fanOut.join("r", b), fanOut.join("s", a)]);
    fanOut.leave("r", a);
    fanOut.leave("r", a);
    expect(calls).toEqual(["subscribe r", "subscribe s"]);
    fanOut.leave("r", b);
    expect(calls).toEqual(["subscribe r", "subscribe s", "unsubscribe r"]);
    expect(fanOut.size).toBe(1);
  });

  it("delivers a frame to the members of its channel alone", async () => {
    const { fanOut } = setUp();
    const [a, b, c] = [member(), member(), member()];
    await Promise.all([fanOut.join("r", a), fanOut.join("r", b), fanOut.join("s", c)]);
    fanOut.dispatch("r", Buffer.from("hello"));
    expect([a.received, b.received, c.received]).toEqual([["hello"], ["hello"], []]);
  });

  it("forgets a channel whose subscription failed, and tries again for the next member", async () => {
    let away = true;
    const { calls, fanOut } = setUp(() => (away ? Promise.reject(new Error("away")) : Promise.resolve(1)));
    await expect(fanOut.join("r", member())).rejects.toThrow("away");
    expect(fanOut.size).toBe(0);
    away = false;
    await fanOut.join("r", member());
    expect(calls).toEqual(["subscribe r", "subscribe r"]);
    expect(fanOut.size).toBe(1);
  });

  it("ends a subscription that came back after everybody had left", () => {
    const { calls, fanOut } = setUp();
    fanOut.dispatch("r", Buffer.from("hello"));
    expect(calls).toEqual(["unsubscribe r"]);
  });
});
