import { describe, expect, it } from "vitest";
import { splitWords } from "../../../../../toolchain/plugins/language-nodejs/words";

describe("splitWords", () => {
  it.each([
    ["", []],
    ["--import tsx", ["--import", "tsx"]],
    ["  a\tb  ", ["a", "b"]],
    [`--title='a "b"' "c d" ''`, ['--title=a "b"', "c d", ""]],
    [`a\\ b "c\\"d\\e" '\\'`, ["a b", 'c"d\\e', "\\"]],
  ])("splits %j as a shell does", (line, expected) => {
    expect(splitWords(line)).toEqual(expected);
  });

  it("says which quote is not closed", () => {
    expect(() => splitWords("a 'b")).toThrow("The quote ' is not closed in: a 'b");
  });
});
