import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Backoff } from "../../../support/load/backoff";
import { startPace } from "../../../support/load/pace";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("calls the work so many times a second, with numbers from 0 on, until it is stopped", () => {
  const turns: number[] = [];
  const stop = startPace(200, (turn) => turns.push(turn));
  vi.advanceTimersByTime(2_000);
  expect(turns).toEqual(Array.from({ length: 400 }, (_, turn) => turn));
  stop();
  vi.advanceTimersByTime(1_000);
  expect(turns).toHaveLength(400);
});

it("makes up for a busy moment", () => {
  let turns = 0;
  const now = vi.spyOn(performance, "now").mockReturnValue(0);
  const stop = startPace(200, () => {
    turns += 1;
  });
  now.mockReturnValue(3_000);
  vi.advanceTimersByTime(10);
  stop();
  expect(turns).toBe(600);
});

it("waits a random part of a pause that doubles up to a limit, and begins anew after a success", () => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const backoff = new Backoff(3_000);
  expect([1, 2, 3, 4, 5].map(() => backoff.next())).toEqual([250, 500, 1_000, 1_500, 1_500]);
  backoff.reset();
  expect(backoff.next()).toBe(250);
});
