import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { layOutBin, layOutPlugin } from "../../../toolchain/pulumi-home";

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "backline-home-"));
  await writeFile(join(home, "built-1"), "first", { mode: 0o755 });
  await writeFile(join(home, "built-2"), "the second", { mode: 0o755 });
});
afterEach(() => rm(home, { recursive: true }));

const install = (source: string): Promise<string> =>
  layOutPlugin(home, {
    name: "docker",
    version: "5.2.0",
    files: { "pulumi-resource-docker": join(home, source) },
  });

describe("a plugin in the Pulumi home", () => {
  it("lies where the engine looks for its version, as a real and executable file", async () => {
    const folder = await install("built-1");
    expect(folder).toBe(join(home, "plugins/resource-docker-v5.2.0"));
    const program = join(folder, "pulumi-resource-docker");
    expect(await readFile(program, "utf8")).toBe("first");
    expect((await stat(program)).mode & 0o777).toBe(0o755);
    expect((await readdir(folder)).sort()).toEqual([".backline.json", "pulumi-resource-docker"]);
  });

  it("is left alone when nothing changed, and replaced as a whole when something did", async () => {
    const folder = await install("built-1");
    await writeFile(join(folder, "mark"), "");
    await install("built-1");
    expect(await readdir(folder)).toContain("mark");
    await install("built-2");
    expect((await readdir(folder)).sort()).toEqual([".backline.json", "pulumi-resource-docker"]);
    expect(await readFile(join(folder, "pulumi-resource-docker"), "utf8")).toBe("the second");
    expect(await readdir(join(home, "plugins"))).toEqual(["resource-docker-v5.2.0"]);
  });

  it("can be installed by several callers at once", async () => {
    const folders = await Promise.all(Array.from({ length: 8 }, () => install("built-1")));
    expect(new Set(folders).size).toBe(1);
    expect(await readdir(join(home, "plugins"))).toEqual(["resource-docker-v5.2.0"]);
  });

  it("that lacks a source is refused and leaves nothing", async () => {
    await expect(install("nothing")).rejects.toThrow("ENOENT");
    expect(await readdir(home)).toEqual(["built-1", "built-2"]);
  });
});

describe("the folder for PATH", () => {
  it("holds the given files beside each other", async () => {
    const folder = await layOutBin(join(home, "bin"), {
      pulumi: join(home, "built-1"),
      "pulumi-language-nodejs": join(home, "built-2"),
    });
    expect((await readdir(folder)).sort()).toEqual([".backline.json", "pulumi", "pulumi-language-nodejs"]);
    expect((await stat(join(folder, "pulumi"))).isFile()).toBe(true);
  });
});
