import { describe, expect, it } from "vitest";
import { FanOut, type Subscriber } from "../../../../services/ws/fan-out";
import type { Published } from "../../../../services/ws/published";

const job = Buffer.from('{"type":"job","progress":1}');

function setUp(subscribe: (channel: string) => Promise<unknown> = async () => 1) {
  const calls: string[] = [];
  const warnings: unknown[] = [];
  const subscriber: Subscriber = {
    subscribe: (channel) => {
      calls.push(`subscribe ${channel}`);
      return subscribe(channel);
    },
    unsubscribe: async (channel) => void calls.push(`unsubscribe ${channel}`),
  };
  return {
    calls,
    warnings,
    fanOut: new FanOut(subscriber, { warn: (fields: unknown) => void warnings.push(fields) }),
  };
}

function listener() {
  const received: { published: Published; frame: Buffer }[] = [];
  return {
    received,
    onPublished: (published: Published, frame: Buffer) => void received.push({ published, frame }),
  };
}

describe("FanOut", () => {
  it("subscribes once a channel and unsubscribes with the last listener", async () => {
    const { calls, fanOut } = setUp();
    const [a, b] = [listener(), listener()];
    await Promise.all([fanOut.join("r", a), fanOut.join("r", b), fanOut.join("s", a)]);
    fanOut.leave("r", a);
    fanOut.leave("r", a);
    expect(calls).toEqual(["subscribe r", "subscribe s"]);
    fanOut.leave("r", b);
    expect(calls).toEqual(["subscribe r", "subscribe s", "unsubscribe r"]);
    expect(fanOut.size).toBe(1);
  });

  it("brings a frame to the listeners of its channel alone, the same buffer, parsed once", async () => {
    const { fanOut } = setUp();
    const [a, b, c] = [listener(), listener(), listener()];
    await Promise.all([fanOut.join("r", a), fanOut.join("r", b), fanOut.join("s", c)]);
    fanOut.dispatch("r", job);
    expect(a.received).toEqual([{ published: { type: "job" }, frame: job }]);
    expect(b.received[0]?.frame).toBe(a.received[0]?.frame);
    expect(b.received[0]?.published).toBe(a.received[0]?.published);
    expect(c.received).toEqual([]);
  });

  it("ignores what is no frame, and says so", async () => {
    const { fanOut, warnings } = setUp();
    const a = listener();
    await fanOut.join("r", a);
    for (const text of ["{", "[]", '{"type":"message","seq":0}', '{"type":"auth"}', "null"])
      fanOut.dispatch("r", Buffer.from(text));
    expect(a.received).toEqual([]);
    expect(warnings).toEqual(Array(5).fill({ channel: "r" }));
  });

  it("forgets a channel whose subscription failed, and tries again for the next listener", async () => {
    let away = true;
    const { calls, fanOut } = setUp(() => (away ? Promise.reject(new Error("away")) : Promise.resolve(1)));
    await expect(fanOut.join("r", listener())).rejects.toThrow("away");
    expect(fanOut.size).toBe(0);
    away = false;
    await fanOut.join("r", listener());
    expect(calls).toEqual(["subscribe r", "subscribe r"]);
    expect(fanOut.size).toBe(1);
  });

  it("ends a subscription that came back after everybody had left", () => {
    const { calls, fanOut } = setUp();
    fanOut.dispatch("r", job);
    expect(calls).toEqual(["unsubscribe r"]);
  });
});
