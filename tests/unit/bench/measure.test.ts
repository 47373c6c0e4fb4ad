import { expect, it } from "vitest";
import { table } from "../../../bench/measure";
import { idleMeasurements } from "../../../bench/stack/idle";

it("the table gives median, number and spread of the runs, and what is one figure without them", () => {
  const runs = {
    what: "an update",
    runs: [2, 4, 3],
    beside: { what: "an empty program's", runs: [1, 2, 1.5] },
  };
  const limit = { what: "memory", unit: "MB", runs: [600, 600.4], beside: { what: "allowed", runs: [900] } };
  expect(table([runs, limit])).toBe(
    [
      "| what | median | beside it | ratio |",
      "| --- | --- | --- | --- |",
      "| an update | 3.00 s (3 runs, 2.00 to 4.00) | an empty program's: 1.50 s (3 runs, 1.00 to 2.00) | 2.00 |",
      "| memory | 600.2 MB (2 runs, 600.0 to 600.4) | allowed: 900.0 MB | 0.67 |",
      "",
    ].join("\n"),
  );
});

it("memory of an idle stack is the sum of all containers, and each process has its own limit", () => {
  const container = (service: string, slot?: number) => ({
    id: service,
    name: service,
    service,
    ...(slot === undefined ? {} : { slot }),
    image: service,
    state: "running",
    memory: 512_000_000,
    cpu: 1,
    restarts: 0,
    startedAt: "",
  });
  const containers = [container("api", 0), container("redis")];
  const memory = [
    { used: 70_000_000, anonymous: 60_000_000 },
    { used: 20_000_000, anonymous: 5_000_000 },
  ];
  const rows = idleMeasurements([{ containers, memory }]);
  expect(rows.map(({ runs, beside }) => [...runs, beside.what, ...beside.runs])).toEqual([
    [90, "allowed", 900],
    [65, "all of it", 90],
    [60, "allowed", 80],
    [5, "the limit of its container", 512],
  ]);
  expect(rows.map(({ what }) => what)).toEqual([
    "memory of the idle stack, 2 containers, without page cache that can be dropped",
    "of that, allocated by its processes (anonymous)",
    "anonymous memory of api 0, idle",
    "anonymous memory of redis, idle",
  ]);
});
