import { describe, expect, it } from "vitest";
import { globMatcher } from "../../../../../toolchain/plugins/command/glob";

const PATHS = ["a.js", "src/a.js", "src/deep/b.js", "src/secret.js", "[x].js"];

describe("globMatcher", () => {
  it.each([
    ["*.js", ["a.js", "[x].js"]],
    ["**.js", PATHS],
    ["src/*", ["src/a.js", "src/secret.js"]],
    ["src/**", ["src/a.js", "src/deep/b.js", "src/secret.js"]],
    ["?.js", ["a.js"]],
    ["{a,[[]x]}.js", ["a.js", "[x].js"]],
    ["src/[!s]*.js", ["src/a.js"]],
    ["\\[x\\].js", ["[x].js"]],
    ["a+js", []],
  ])("%s selects as the official plugin does", (glob, expected) => {
    expect(PATHS.filter(globMatcher(glob))).toEqual(expected);
  });

  it("names a glob that is not closed", () => {
    expect(() => globMatcher("a[b")).toThrow('The bracket is not closed in the glob "a[b"');
    expect(() => globMatcher("{a,b")).toThrow('The brace is not closed in the glob "{a,b"');
  });
});
