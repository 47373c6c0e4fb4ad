import { describe, expect, it } from "vitest";
import { memoryFiles, parseMemory } from "../../../bench/stack/memory";

describe("memory of a container", () => {
  it("is read from version 1 of cgroups, whose totals count the groups inside", () => {
    const stat = "cache 500\nrss 2\ninactive_file 1\ntotal_rss 450\ntotal_inactive_file 300\n";
    expect(parseMemory("1000\n", stat)).toEqual({ used: 700, anonymous: 450 });
  });

  it("is read from version 2 of cgroups", () => {
    const stat = "anon 450\nfile 500\nshmem 20\ninactive_file 300\n";
    expect(parseMemory("1000\n", stat)).toEqual({ used: 700, anonymous: 450 });
  });

  it("takes nothing off where no file can be dropped", () => {
    expect(parseMemory("1000\n", "anon 10\ninactive_file 0\n")).toEqual({ used: 1_000, anonymous: 10 });
  });

  it("is an error where the kernel tells neither version's figures", () => {
    expect(() => parseMemory("1000\n", "pgfault 4\n")).toThrow(
      "the kernel tells neither version's figures of memory, but pgfault",
    );
  });
});

describe("where it is read", () => {
  it("is the memory group of version 1, also beside an empty one of version 2", () => {
    expect(memoryFiles("8:pids:/docker/abc\n4:memory:/docker/abc\n0::/docker/abc\n")).toEqual({
      folder: "/sys/fs/cgroup/memory/docker/abc",
      usage: "memory.usage_in_bytes",
    });
  });

  it("is the one group of version 2", () => {
    expect(memoryFiles("0::/system.slice/docker-abc.scope\n")).toEqual({
      folder: "/sys/fs/cgroup/system.slice/docker-abc.scope",
      usage: "memory.current",
    });
  });

  it("is an error where nothing counts memory", () => {
    expect(() => memoryFiles("8:pids:/docker/abc\n")).toThrow("a process is in no cgroup that counts memory");
  });
});
