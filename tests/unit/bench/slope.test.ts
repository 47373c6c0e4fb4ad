import { describe, expect, it } from "vitest";
import { allowedSeconds, millisecondsPerResource } from "../../../bench/stack/slope";

describe("what a resource costs", () => {
  it("is the time that the larger program takes longer, for each resource that it has more", () => {
    const cost = millisecondsPerResource({ resources: 60, seconds: 2.5 }, { resources: 200, seconds: 3.9 });
    expect(cost).toBeCloseTo(10, 9);
  });

  it("is the same whatever a program without resources takes", () => {
    const costs = [1, 5].map((start) =>
      millisecondsPerResource({ resources: 200, seconds: start + 2 }, { resources: 600, seconds: start + 6 }),
    );
    expect(costs).toEqual([10, 10]);
  });

  it("is refused of two programs of one size, which tell nothing about it", () => {
    const size = { resources: 60, seconds: 2 };
    expect(() => millisecondsPerResource(size, size)).toThrow("60 resources are not more than 60");
  });
});

it("an update that changes nothing may take 1.5 times an empty program's, and 20 ms a resource", () => {
  expect(allowedSeconds(2, 0)).toBe(3);
  expect(allowedSeconds(2, 100)).toBe(5);
});
