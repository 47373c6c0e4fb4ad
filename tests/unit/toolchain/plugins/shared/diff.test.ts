import { describe, expect, it } from "vitest";
import { changes } from "../../../../../toolchain/plugins/shared/diff";
import { asSecret, UNKNOWN } from "../../../../../toolchain/plugins/shared/values";

describe("changes", () => {
  it("names each path that differs, with its property and kind", () => {
    const olds = { a: [1, 2], b: { c: 1, "d.e": 1 }, f: "x" };
    expect(changes(olds, { a: [1, 3, 4], b: { c: 1, "d.e": 2 }, g: null, h: true })).toEqual([
      { path: "a[1]", property: "a", kind: "update" },
      { path: "a[2]", property: "a", kind: "add" },
      { path: 'b["d.e"]', property: "b", kind: "update" },
      { path: "f", property: "f", kind: "delete" },
      { path: "h", property: "h", kind: "add" },
    ]);
  });

  it("leaves the engine's own entries out", () => {
    expect(changes({ __defaults: [], version: "1" }, { __defaults: ["a"], version: "2" })).toEqual([]);
  });

  it("compares secrets by value and sees that something became secret", () => {
    expect(changes({ a: asSecret("x") }, { a: asSecret("x") })).toEqual([]);
    expect(changes({ a: asSecret("x") }, { a: asSecret("y") })).toHaveLength(1);
    expect(changes({ a: "x" }, { a: asSecret("x") })).toEqual([{ path: "a", property: "a", kind: "update" }]);
  });

  it("takes an unknown value as a change", () => {
    expect(changes({ a: "x" }, { a: UNKNOWN })).toEqual([{ path: "a", property: "a", kind: "update" }]);
  });
});
