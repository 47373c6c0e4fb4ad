import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { distributionNames } from "../../components/host";
import { renderedHost } from "../support/host";

/** `UPDATE_GOLDEN=1` writes what is rendered now; the change is then reviewed as a diff. */
const update = process.env.UPDATE_GOLDEN === "1";

const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();

describe.each(distributionNames)("a host on %s", (name) => {
  const folder = join(import.meta.dirname, `host-${name}`);
  const expected = join(folder, "expected");
  const rendered = renderedHost(readFileSync(join(folder, "stack.yaml"), "utf8"), name);
  if (update) {
    rmSync(expected, { recursive: true, force: true });
    for (const [path, content] of Object.entries(rendered)) {
      mkdirSync(dirname(join(expected, path)), { recursive: true });
      writeFileSync(join(expected, path), content);
    }
  }

  it("renders exactly the expected files", () => {
    expect(Object.keys(rendered).sort()).toEqual(filesBelow(expected));
  });

  it.each(Object.keys(rendered))("renders %s as expected", (path) => {
    expect(rendered[path]).toBe(readFileSync(join(expected, path), "utf8"));
  });
});
