import { describe, expect, it } from "vitest";
import { parseMemory } from "../../../bench/stack/memory";

const answer = (usage: number, stats: Record<string, number>): string =>
  JSON.stringify({ name: "/api", memory_stats: { usage, stats, limit: 1_000 } });

describe("memory of a container", () => {
  it("is read from version 1 of cgroups, whose totals count the groups inside", () => {
    const stats = { inactive_file: 1, total_inactive_file: 300, rss: 2, total_rss: 450, cache: 500 };
    expect(parseMemory(answer(1_000, stats))).toEqual({ used: 700, anonymous: 450 });
  });

  it("is read from version 2 of cgroups", () => {
    const stats = { anon: 450, file: 500, inactive_file: 300, shmem: 20 };
    expect(parseMemory(answer(1_000, stats))).toEqual({ used: 700, anonymous: 450 });
  });

  it("counts files that are in no cache as nothing to take off", () => {
    expect(parseMemory(answer(1_000, { anon: 10, inactive_file: 0 }))).toEqual({
      used: 1_000,
      anonymous: 10,
    });
  });

  it("is an error where Docker tells neither version's figures", () => {
    expect(() => parseMemory(answer(1_000, { pgfault: 4 }))).toThrow(
      "Docker tells neither version's figures of memory, but pgfault",
    );
  });

  it("is an error of a container that does not run, of which Docker tells nothing", () => {
    expect(() => parseMemory(JSON.stringify({ memory_stats: {} }))).toThrow(/usage/);
  });
});
