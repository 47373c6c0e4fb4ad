import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cached, cacheRoot, contentKey, filesBelow, findCached } from "../../../toolchain/cache";

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "backline-cache-"));
  vi.stubEnv("XDG_CACHE_HOME", home);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

const entry = { name: "tool", key: "k1" };
const folder = (): string => join(home, "backline/tool/k1");
const build = async (staging: string): Promise<void> => writeFile(join(staging, "tool"), "built");

describe("the cache's root", () => {
  it("follows XDG_CACHE_HOME when it is absolute, else lies in the home folder", () => {
    expect(cacheRoot()).toBe(join(home, "backline"));
    vi.stubEnv("XDG_CACHE_HOME", "relative");
    expect(cacheRoot()).toBe(join(homedir(), ".cache/backline"));
    vi.stubEnv("XDG_CACHE_HOME", undefined);
    expect(cacheRoot()).toBe(join(homedir(), ".cache/backline"));
  });
});

describe("a cached build", () => {
  it("is built once", async () => {
    const builder = vi.fn(build);
    expect(findCached(entry)).toBeUndefined();
    expect(await cached({ ...entry, build: builder })).toBe(folder());
    expect(await cached({ ...entry, build: builder })).toBe(folder());
    expect(builder).toHaveBeenCalledTimes(1);
    expect(findCached(entry)).toBe(folder());
    expect(await readFile(join(folder(), "tool"), "utf8")).toBe("built");
    expect(await readdir(join(home, "backline/tool"))).toEqual(["k1"]);
  });

  it("that fails leaves nothing, and the next one starts anew", async () => {
    const failing = cached({
      ...entry,
      build: async (staging) => {
        await build(staging);
        throw new Error("disk full");
      },
    });
    await expect(failing).rejects.toThrow("disk full");
    expect(await readdir(join(home, "backline/tool"))).toEqual([]);
    expect(await cached({ ...entry, build })).toBe(folder());
  });

  it("asked for twice at once runs once, and the second asker waits", async () => {
    let finish = (): void => {};
    const builder = vi.fn(async (staging: string) => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      await build(staging);
    });
    const first = cached({ ...entry, build: builder });
    await vi.waitFor(() => expect(builder).toHaveBeenCalledTimes(1));
    const reported: string[] = [];
    const second = cached({ ...entry, build: builder, report: (detail) => reported.push(detail) });
    await vi.waitFor(() => expect(reported).toContain("waiting for another process that builds it"));
    finish();
    expect(await Promise.all([first, second])).toEqual([folder(), folder()]);
    expect(builder).toHaveBeenCalledTimes(1);
  });

  it("recovers from a process that was killed while it built", async () => {
    const parent = join(home, "backline/tool");
    await mkdir(join(parent, ".staging-k1-dead"), { recursive: true });
    await mkdir(join(parent, ".staging-k2-alive"));
    await mkdir(join(parent, ".staging-k3-old"));
    await mkdir(join(parent, ".k1.lock"));
    const longAgo = new Date(Date.now() - 48 * 60 * 60 * 1000);
    await utimes(join(parent, ".k1.lock"), longAgo, longAgo);
    await utimes(join(parent, ".staging-k3-old"), longAgo, longAgo);
    expect(await cached({ ...entry, build })).toBe(folder());
    expect((await readdir(parent)).sort()).toEqual([".staging-k2-alive", "k1"]);
  });

  it("takes what another process finished meanwhile", async () => {
    const result = await cached({
      ...entry,
      build: async (staging) => {
        await build(staging);
        await mkdir(folder());
        await writeFile(join(folder(), "tool"), "theirs");
      },
    });
    expect(await readFile(join(result, "tool"), "utf8")).toBe("theirs");
    expect(existsSync(join(home, "backline/tool/.k1.lock"))).toBe(false);
  });
});

describe("a content key", () => {
  it("changes with every value, file name and file content, and with nothing else", async () => {
    const write = async (name: string, content: string): Promise<string> => {
      const path = join(home, name);
      await mkdir(join(path, ".."), { recursive: true });
      await writeFile(path, content);
      return path;
    };
    const a = await write("one/a.go", "same");
    const b = await write("two/b.go", "same");
    const c = await write("two/c.go", "other");
    const keys = await Promise.all([
      contentKey(["x"], [{ name: "a", path: a }]),
      contentKey(["y"], [{ name: "a", path: a }]),
      contentKey(["x"], [{ name: "b", path: a }]),
      contentKey(["x"], [{ name: "a", path: c }]),
      contentKey(["x", "a", "same"]),
      contentKey(["xa", "same"]),
    ]);
    expect(new Set(keys.slice(0, 4)).size).toBe(4);
    expect(keys[4]).not.toBe(keys[5]);
    expect(keys[0]).toMatch(/^[0-9a-f]{20}$/);
    expect(await contentKey(["x"], [{ name: "a", path: b }])).toBe(keys[0]);
  });

  it("takes the files below a folder in one order, named by their path in it", async () => {
    await mkdir(join(home, "src/sub"), { recursive: true });
    for (const name of ["b.go", "sub/a.go", "a.go"]) await writeFile(join(home, "src", name), "");
    expect(await filesBelow(join(home, "src"))).toEqual([
      { name: "a.go", path: join(home, "src/a.go") },
      { name: "b.go", path: join(home, "src/b.go") },
      { name: "sub/a.go", path: join(home, "src/sub/a.go") },
    ]);
  });
});
