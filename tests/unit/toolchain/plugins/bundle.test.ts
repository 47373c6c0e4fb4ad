import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { bundledFiles, pluginSources } from "../../../../toolchain/plugins/bundle";

const ROOT = resolve(import.meta.dirname, "../../../..");

describe("the bundle's sources", () => {
  it("cover every file that a plugin imports", () => {
    const sources = pluginSources().map((path) => relative(ROOT, path));
    expect(sources).toContain("toolchain/plugins/command/main.ts");
    expect(sources).toContain("toolchain/plugins/shared/serve.ts");
    for (const source of sources) {
      const outside = [
        ...readFileSync(resolve(ROOT, source), "utf8").matchAll(/from "(\.\.\/\.\.\/[^"]+)"/g),
      ];
      expect(outside, source).toEqual([]);
    }
  });

  it("are the launcher under the wanted name and its bundle beside it", () => {
    expect(bundledFiles("/out/pulumi-resource-preview", "pulumi-resource-vercel")).toEqual({
      "pulumi-resource-vercel": "/out/pulumi-resource-preview",
      "pulumi-resource-preview.cjs": "/out/pulumi-resource-preview.cjs",
    });
  });
});
