import { describe, expect, it } from "vitest";
import { createArgon2, recommendedCost } from "../../../../../services/runtime/passwords/argon2";

const cheap = createArgon2({ memorySize: 8, iterations: 1, parallelism: 1 });

describe("argon2", () => {
  it("makes a hash in encoded form with a salt of its own, that fits its password alone", async () => {
    const [first, second] = [await cheap.hash("pässword"), await cheap.hash("pässword")];
    expect(first).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(second).not.toBe(first);
    expect([await cheap.verify("pässword", first), await cheap.verify("passwort", first)]).toEqual([
      true,
      false,
    ]);
  });

  it("takes the same password typed as other code points", async () => {
    expect(await cheap.verify("a\u0308", await cheap.hash("\u00e4"))).toBe(true);
  });

  it("says no without a hash", async () => {
    expect(await cheap.verify("anything", undefined)).toBe(false);
  });

  it("costs what OWASP recommends at least", () => {
    expect(recommendedCost).toEqual({ memorySize: 19_456, iterations: 2, parallelism: 1 });
  });
});
