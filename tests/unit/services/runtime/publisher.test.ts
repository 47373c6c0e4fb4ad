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

/** Commands to Redis, each with what it published; `fails` chooses those that are refused. */
function fakeRedis(fails: (command: number) => boolean = () => false) {
  const commands: [channel: string, frame: string][][] = [];
  const take = async (channels: string[], frames: string[]): Promise<void> => {
    commands.push(channels.map((channel, index) => [channel, frames[index] ?? ""]));
    if (fails(commands.length)) throw new Error("away");
  };
  const redis = {
    publish: (channel: string, frame: string) => take([channel], [frame]),
    eval: (_script: string, keys: number, ...rest: string[]) => take(rest.slice(0, keys), rest.slice(keys)),
  };
  return { commands, redis: redis as unknown as Pick<Redis, "eval" | "publish"> };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("the publisher", () => {
  it("sends one command for what is published in one turn, in its order", async () => {
    const { commands, redis } = fakeRedis();
    const announced: string[] = [];
    const publisher = createPublisher(redis, { warn: vi.fn() }, (id) => announced.push(id));
    publisher.message(message(1), "11");
    publisher.job(user.id, { type: "job", id: "1", kind: "echo", state: "active", progress: 0 });
    publisher.message(message(2), undefined);
    await turn();
    publisher.message(message(3), "13");
    await turn();
    const published = commands.map((command) =>
      command.map(([channel, frame]) => [channel, JSON.parse(frame).seq ?? JSON.parse(frame).state]),
    );
    expect(published).toEqual([
      [
        [`backline:room:${room}`, 1],
        [`backline:user:${user.id}`, "active"],
        [`backline:room:${room}`, 2],
      ],
      [[`backline:room:${room}`, 3]],
    ]);
    expect(announced).toEqual(["11", "13"]);
  });

  it("leaves what Redis did not take in the outbox, and says so in one line", async () => {
    const { redis } = fakeRedis((command) => command === 1);
    const warn = vi.fn();
    const announced: string[] = [];
    const publisher = createPublisher(redis, { warn }, (id) => announced.push(id));
    for (const seq of [1, 2]) publisher.message(message(seq), `1${seq}`);
    await turn();
    publisher.message(message(3), "13");
    await turn();
    await turn();
    expect(announced).toEqual(["13"]);
    expect(warn.mock.calls).toEqual([
      [{ err: expect.any(Error), frames: 2 }, "frames could not be published"],
    ]);
  });
});
