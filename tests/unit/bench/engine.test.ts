import { describe, expect, it } from "vitest";
import { unchanged } from "../../../bench/stack/engine";

const output = (...summary: readonly string[]): string =>
  [
    "Updating (bench):",
    "    pulumi:pulumi:Stack commands-bench  3 warnings",
    "",
    "Resources:",
    ...summary,
    "",
    "Duration: 2s",
    "",
  ].join("\n");

describe("what the engine left alone", () => {
  it("is counted by its own summary", () => {
    expect(unchanged(output("    93 unchanged"))).toBe(93);
  });

  it("is an error where it made, changed or removed something beside it", () => {
    for (const line of ["    + 1 created", "    ~ 1 updated", "    - 1 deleted", "    +-1 replaced"])
      expect(() => unchanged(output(line, "    92 unchanged"))).toThrow(/should change nothing/);
    expect(() => unchanged(output("    + 93 to create"))).toThrow(/should change nothing/);
    expect(() => unchanged(output("    ~ 1 to update", "    92 unchanged"))).toThrow(/should change nothing/);
  });

  it("is an error of a run that says nothing about resources", () => {
    expect(() => unchanged("Updating (bench):\n")).toThrow(/should change nothing/);
  });
});
