import type { Redis } from "ioredis";
import { describe, expect, it, vi } from "vitest";
import { createPublisher } from "../../../../services/runtime/publisher";

const room = "0b0c8a52-6f4e-4d34-9d35-7a3a52c7a9c1";
const user = { id: "2f0f6f5c-0a0e-4b57-8f0e-6f6a7f6d1a11", name: "Ada" };
const message = (seq: number) => ({
  id: `m${seq}`,
  room,
  seq,
  user,
  body: "hi",
  sentAt: "2030-01-01T00:00:00Z",
});

/** Writes to Redis, each with the channels that it published to; `fails` chooses commands that are refused. */
function fakeRedis(fails: (command: number) => boolean = () => false) {
  const writes: string[][] = [];
  const redis = {
    pipeline() {
      const channels: string[] = [];
      return {
        publish: (channel: string) => channels.push(channel),
        async exec() {
          writes.push(channels);
          return channels.map((_, index) => (fails(index) ? [new Error("away"), null] : [null, 1]));
        },
      };
    },
  };
  return { writes, redis: redis as unknown as Pick<Redis, "pipeline"> };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("the publisher", () => {
  it("writes once for what is published in one turn, in its order", async () => {
    const { writes, redis } = fakeRedis();
    const announced: string[] = [];
    const publisher = createPublisher(redis, { warn: vi.fn() }, (id) => announced.push(id));
    publisher.message(message(1), "11");
    publisher.job(user.id, { type: "job", id: "1", kind: "echo", state: "active", progress: 0 });
    publisher.message(message(2), undefined);
    await turn();
    publisher.message(message(3), "13");
    await turn();
    expect(writes).toEqual([
      [`backline:room:${room}`, `backline:user:${user.id}`, `backline:room:${room}`],
      [`backline:room:${room}`],
    ]);
    expect(announced).toEqual(["11", "13"]);
  });

  it("leaves what Redis did not take in the outbox, and says so in one line", async () => {
    const { redis } = fakeRedis((command) => command !== 1);
    const warn = vi.fn();
    const announced: string[] = [];
    const publisher = createPublisher(redis, { warn }, (id) => announced.push(id));
    for (const seq of [1, 2, 3]) publisher.message(message(seq), `1${seq}`);
    await turn();
    await turn();
    expect(announced).toEqual(["12"]);
    expect(warn.mock.calls).toEqual([
      [{ err: expect.any(Error), frames: 2 }, "frames could not be published"],
    ]);
  });
});
