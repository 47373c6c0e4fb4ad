import { describe, expect, it } from "vitest";
import { runJob } from "../../../../services/worker/processors";
import { roomsPerStep } from "../../../../services/worker/processors/report";

const id = (index: number) => `6f0b4f1e-93a8-4c88-9a53-${String(index).padStart(12, "0")}`;

const userId = id(900);

/** `rooms` are those of the owner. */
function context(rooms: ReadonlyMap<string, number> = new Map(), signal = new AbortController().signal) {
  const seen: number[] = [];
  return {
    seen,
    userId,
    signal,
    progress: (percent: number) => void seen.push(percent),
    statistics: {
      roomIds: async (user: string) => (user === userId ? [...rooms.keys()] : []),
      countMessages: async (user: string, wanted: readonly string[]) =>
        new Map([...rooms].filter(([room]) => user === userId && wanted.includes(room))),
    },
  };
}

describe("echo", () => {
  it("answers with its value and tells its progress step by step", async () => {
    const given = context();
    expect(await runJob("echo", { value: [1, "a"], steps: 4 }, given)).toEqual([1, "a"]);
    expect(given.seen).toEqual([25, 50, 75, 100]);
  });

  it("stops when the process ends", async () => {
    const controller = new AbortController();
    const running = runJob(
      "echo",
      { steps: 2, stepMilliseconds: 60_000 },
      context(new Map(), controller.signal),
    );
    controller.abort();
    await expect(running).rejects.toThrow("The operation was aborted");
  });
});

describe("report", () => {
  const rooms = new Map(Array.from({ length: roomsPerStep * 2 + 1 }, (_, index) => [id(index), index % 10]));

  it("counts all rooms of its owner in steps", async () => {
    const given = context(rooms);
    const messages = [...rooms.values()].reduce((sum, count) => sum + count, 0);
    expect(await runJob("report", {}, given)).toEqual({
      rooms: 101,
      messages,
      busiest: { room: id(9), messages: 9 },
    });
    expect(given.seen).toEqual([50, 99, 100]);
  });

  it("counts the rooms that it is given, each once", async () => {
    expect(await runJob("report", { rooms: [id(3), id(3), id(0)] }, context(rooms))).toEqual({
      rooms: 2,
      messages: 3,
      busiest: { room: id(3), messages: 3 },
    });
  });

  it("has nothing to say about no rooms", async () => {
    expect(await runJob("report", {}, context())).toEqual({ rooms: 0, messages: 0, busiest: null });
  });

  it("leaves out a room that its owner has left meanwhile", async () => {
    const given = context(rooms);
    const statistics = { ...given.statistics, roomIds: async () => [id(3), id(800), id(4)] };
    expect(await runJob("report", {}, { ...given, statistics })).toEqual({
      rooms: 2,
      messages: 7,
      busiest: { room: id(4), messages: 4 },
    });
  });

  it("fails for good on a room that is not there", async () => {
    const unknown = "00000000-0000-4000-8000-000000000000";
    await expect(runJob("report", { rooms: [unknown] }, context(rooms))).rejects.toThrow(
      `There is no room ${unknown}.`,
    );
  });
});

describe("runJob", () => {
  it("refuses kinds and inputs that it does not know", async () => {
    await expect(runJob("mine", {}, context())).rejects.toThrow("This release knows no kind of job 'mine'.");
    await expect(runJob("echo", { steps: -1 }, context())).rejects.toThrow(
      "The input does not fit this kind of job.",
    );
  });
});
