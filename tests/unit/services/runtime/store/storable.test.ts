import { describe, expect, it } from "vitest";
import { findUnstorable } from "../../../../../services/runtime/store/storable";

describe("findUnstorable", () => {
  it("finds nothing in JSON that PostgreSQL can keep", () => {
    const emoji = "\ud83d\ude00";
    for (const json of [null, 1, true, "", "a\nb\u0001", { [emoji]: [emoji, { a: null }] }]) {
      expect(findUnstorable(json), JSON.stringify(json)).toBeUndefined();
    }
  });

  it("names the place of NUL and of half a surrogate pair, in texts and in keys", () => {
    expect(findUnstorable("\0")).toEqual([]);
    expect(findUnstorable({ a: ["x", { b: "\ud800" }] })).toEqual(["a", "1", "b"]);
    expect(findUnstorable({ a: { "b\udc00": 1 } })).toEqual(["a"]);
  });
});
