import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cacheRoot } from "../../../toolchain/cache";
import { archiveName, checksumOf, findOwnEngine, ownPulumiHome } from "../../../toolchain/official";
import { versions } from "../../../toolchain/versions";

describe("a release", () => {
  it("has an archive for each platform that Backline can unpack", () => {
    expect(archiveName("linux", "x64")).toBe(`pulumi-v${versions.pulumi}-linux-x64.tar.gz`);
    expect(archiveName("darwin", "arm64")).toBe(`pulumi-v${versions.pulumi}-darwin-arm64.tar.gz`);
    expect(() => archiveName("win32", "x64")).toThrow(
      `Pulumi has no release for win32 on x64 that Backline can unpack; install pulumi ${versions.pulumi} yourself and put it on PATH`,
    );
    expect(() => archiveName("linux", "riscv64")).toThrow("for linux on riscv64");
  });

  it("has a checksum by the whole name of its archive", () => {
    const sum = "a".repeat(64);
    const list = [
      `${"b".repeat(64)}  pulumi-v1-linux-x64.tar.gz.sig`,
      `${sum}  pulumi-v1-linux-x64.tar.gz`,
      "short  pulumi-v1-linux-arm64.tar.gz",
    ].join("\n");
    expect(checksumOf(list, "pulumi-v1-linux-x64.tar.gz")).toBe(sum);
    expect(checksumOf(list, "pulumi-v1-linux-arm64.tar.gz")).toBeUndefined();
    expect(checksumOf(list, "pulumi-v1-darwin-x64.tar.gz")).toBeUndefined();
  });
});

describe("the user's own engine", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "backline-own-engine-"));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  const install = (bin: string, version: string): void => {
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "pulumi"), `#!/bin/sh\necho ${version}\n`);
    chmodSync(join(bin, "pulumi"), 0o755);
  };

  it("is found on PATH, with its version and whether its plugins are there", async () => {
    const bin = join(folder, "bin");
    install(bin, "v3.260.0");
    const environment = { PATH: `/nowhere:${bin}`, PULUMI_HOME: join(folder, "home") };
    const found = { path: join(bin, "pulumi"), version: "3.260.0" };
    expect(await findOwnEngine(environment)).toEqual({ ...found, hasPlugins: false });
    for (const [name, version] of Object.entries(versions.providers))
      mkdirSync(join(folder, "home", "plugins", `resource-${name}-v${version}`), { recursive: true });
    expect(await findOwnEngine(environment)).toEqual({ ...found, hasPlugins: true });
  });

  it("is found where Pulumi's installer puts it", async () => {
    install(join(folder, "home", "bin"), "v3.259.0");
    expect(await findOwnEngine({ PATH: "/nowhere", PULUMI_HOME: join(folder, "home") })).toMatchObject({
      version: "3.259.0",
    });
  });

  it("is not one that Backline has made itself", async () => {
    vi.stubEnv("XDG_CACHE_HOME", folder);
    const bin = join(cacheRoot(), "tools", "bin");
    install(bin, "v3.259.0");
    const environment = { PATH: bin, PULUMI_HOME: join(folder, "home") };
    expect(await findOwnEngine(environment)).toBeUndefined();
  });

  it("that does not tell its version is none", async () => {
    install(join(folder, "bin"), "what?");
    expect(await findOwnEngine({ PATH: join(folder, "bin"), PULUMI_HOME: folder })).toBeUndefined();
  });
});

describe("the user's Pulumi home", () => {
  it("is theirs, unless an env of Backline has set it", () => {
    expect(ownPulumiHome({ PULUMI_HOME: "/home/ada/pulumi" })).toBe("/home/ada/pulumi");
    expect(ownPulumiHome({ PULUMI_HOME: join(cacheRoot(), "tools", "home") })).toMatch(/\/\.pulumi$/);
    expect(ownPulumiHome({})).toMatch(/\/\.pulumi$/);
  });
});
