import { expect, it } from "vitest";
import { latency } from "../../../support/load/latency";

const samples = Array.from({ length: 100 }, (_, index) => ({ sent: index, milliseconds: 100 - index }));

it("tells percentiles of what was sent in a span, by the nearest rank", () => {
  expect(latency(samples)).toEqual({ count: 100, median: 50, p95: 95, p99: 99, most: 100 });
  expect(latency(samples, 0, 10)).toEqual({ count: 10, median: 95, p95: 100, p99: 100, most: 100 });
});

it("has nothing to tell of a span without samples", () => {
  expect(latency(samples, 500)).toEqual({ count: 0, median: 0, p95: 0, p99: 0, most: 0 });
});
