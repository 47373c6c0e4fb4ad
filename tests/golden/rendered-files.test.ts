import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { planOf } from "../support/plans";
import { renderedContainers, renderedFiles } from "../support/rendered";

const cases: readonly { readonly name: string; readonly stack: string }[] = [
  { name: "audifi-dev", stack: "dev" },
  { name: "audifi-production", stack: "production" },
  { name: "example-dev", stack: "dev" },
];

/** `UPDATE_GOLDEN=1` writes what is rendered now; the change is then reviewed as a diff. */
const update = process.env.UPDATE_GOLDEN === "1";

function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

describe.each(cases)("$name", ({ name, stack }) => {
  const folder = join(import.meta.dirname, name);
  const expected = join(folder, "expected");
  const plan = planOf(readFileSync(join(folder, "stack.yaml"), "utf8"), stack);
  const rendered: Record<string, string> = {
    ...renderedFiles(plan),
    "containers.json": renderedContainers(plan),
  };
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
