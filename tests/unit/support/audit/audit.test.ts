import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { containerProfile } from "../../../support/audit/lynis";
import { findingsOf } from "../../../support/audit/ssh-audit";

const fine = { algorithm: "x", notes: { info: ["known"] } };

describe("findingsOf", () => {
  it("lists failures and warnings of every kind of algorithm, and leaves out what is only information", () => {
    const report = {
      kex: [
        { algorithm: "curve", notes: { fail: ["broken"], warn: ["old", "slow"] } },
        { algorithm: "bare" },
      ],
      key: [fine],
      enc: [{ algorithm: "cbc", notes: { warn: ["weak"] } }],
      mac: [fine],
    };
    expect(findingsOf(JSON.stringify(report))).toEqual([
      "fail (kex) curve: broken",
      "warn (kex) curve: old",
      "warn (kex) curve: slow",
      "warn (enc) cbc: weak",
    ]);
  });

  it("refuses what is no report", () => {
    expect(() => findingsOf("{}")).toThrow();
  });
});

describe("the profile of lynis", () => {
  it("gives a reason above each test that it leaves out", async () => {
    const lines = (await readFile(containerProfile, "utf8")).trimEnd().split("\n");
    const reasons = lines.flatMap((line, at) => (line.startsWith("skip-test=") ? [lines[at - 1] ?? ""] : []));
    expect(reasons).toHaveLength(17);
    expect(reasons.filter((reason) => !/^# .+\.$/.test(reason))).toEqual([]);
  });
});
