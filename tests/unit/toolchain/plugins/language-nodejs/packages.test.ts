import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  programDependencies,
  requiredPackages,
} from "../../../../../toolchain/plugins/language-nodejs/packages";
import { temporaryDirectory } from "../harness";

const { path: root, remove } = temporaryDirectory();
afterAll(remove);

function manifest(folder: string, content: unknown): void {
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(
    join(root, folder, "package.json"),
    typeof content === "string" ? content : JSON.stringify(content),
  );
}

manifest(".", { dependencies: { "@pulumi/aws": "7" }, devDependencies: { plain: "1" } });
manifest("stacks/deep", {});
manifest("node_modules/@pulumi/aws", { name: "@pulumi/aws", version: "7.1.0", pulumi: { resource: true } });
manifest("node_modules/@other/thing", {
  name: "@other/thing",
  version: "1.0.0",
  pulumi: { resource: true, name: "thing", version: "v2.0.0", server: "https://example.org" },
});
manifest("node_modules/@other/nameless", {
  name: "@other/nameless",
  version: "1.0.0",
  pulumi: { resource: true },
});
manifest("node_modules/plain", { name: "plain", version: "1.2.3" });
manifest("node_modules/broken", "{");
manifest("node_modules/.hidden", {
  name: "hidden",
  version: "1.0.0",
  pulumi: { resource: true, name: "hidden" },
});

describe("requiredPackages", () => {
  it("finds the plugins of installed packages from a directory below them", () => {
    expect(requiredPackages(join(root, "stacks", "deep"))).toEqual([
      { name: "thing", version: "v2.0.0", server: "https://example.org" },
      { name: "aws", version: "v7.1.0", server: "" },
    ]);
  });

  it("finds none where nothing is installed", () => {
    expect(requiredPackages("/")).toEqual([]);
  });
});

describe("programDependencies", () => {
  it("lists what package.json names or all that is installed", () => {
    const names = (transitive: boolean) => programDependencies(root, transitive).map(({ name }) => name);
    expect(names(false)).toEqual(["@pulumi/aws", "plain"]);
    expect(names(true)).toEqual(["@other/nameless", "@other/thing", "@pulumi/aws", "plain"]);
  });
});
