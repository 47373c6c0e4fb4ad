import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../../../../components/shared/errors";
import { ageOf, readableSeconds, remaining } from "../../../../scripts/operations/duration";
import { checkedRequest, nameFault, readTtl, stackOf } from "../../../../scripts/operations/ephemeral/names";
import { checkStackName } from "../../../../stacks/settings/checks";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "backline-names-"));
  writeFileSync(join(root, "Pulumi.staging.yaml"), "config: {}\n");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("the name of an ephemeral stack", () => {
  it.each(["a", "pr-42", "a123456789012345"])("may be %s, and names a stack that Docker takes", (name) => {
    expect(nameFault(root, name)).toBeUndefined();
    expect(checkStackName(stackOf(name))).toEqual([]);
  });

  it.each(["", "PR-42", "4", "-a", "a-", "a_b", "a.b", "../a", "a\nb", "xn--a", "a1234567890123456"])(
    "may not be %j",
    (name) => {
      expect(nameFault(root, name)).toBe(
        `${JSON.stringify(name)} cannot name an ephemeral stack; write 1 to 16 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, such as "pr-42": it becomes part of host names and of names of containers`,
      );
    },
  );

  it("is not the stack's", () => {
    expect(nameFault(root, "eph-pr-42")).toBe(
      '"eph-pr-42" is the name of the stack; write the name that it was made by: "pr-42"',
    );
  });

  it.each(["dev", "staging"])("is not that of the stack %s", (name) => {
    expect(nameFault(root, name)).toBe(
      `"${name}" is the name of another stack, and the two would be mixed up; write another one`,
    );
  });
});

describe("the time to live", () => {
  it.each([
    ["1s", 1],
    ["90m", 5_400],
    ["8h", 28_800],
    ["7d", 604_800],
  ])("may be %s", (text, seconds) => {
    expect(readTtl(text)).toEqual({ seconds });
  });

  it.each([
    ["8", '"8" has no unit; write "8s" or "8m"'],
    ["long", '"long" is not a duration; write "500ms", "30s", "5m", "8h" or "15d"'],
    ["0s", '"0s" is no time to live; write "1s" or more'],
    ["-1h", '"-1h" is not a duration; write "500ms", "30s", "5m", "8h" or "15d"'],
    ["169h", '"169h" is longer than an ephemeral stack may live; write "7d" or less, and extend it later'],
  ])("may not be %s", (text, fault) => {
    expect(readTtl(text)).toEqual({ fault });
  });

  it("and the name are checked together", () => {
    let error: unknown;
    try {
      checkedRequest(root, "dev", "8");
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toMatch(/"dev" is the name of another stack.*\n--ttl: "8" has no unit/);
  });
});

describe("times in a table", () => {
  it.each([
    [0, "0s"],
    [-5, "0s"],
    [59.9, "59s"],
    [60, "1m"],
    [3_600, "1h"],
    [11_700, "3h 15m"],
    [86_400, "1d"],
    [633_599, "7d 7h"],
  ])("shows %d s as %s", (seconds, text) => {
    expect(readableSeconds(seconds)).toBe(text);
  });

  it("are counted from one moment", () => {
    const now = new Date("2030-01-31T12:00:00Z");
    expect(ageOf("2030-01-31T11:00:00Z", now)).toBe("1h");
    expect(remaining("2030-01-31T12:30:00Z", now)).toBe("30m");
    expect(remaining("2030-01-31T11:30:00Z", now)).toBe("0s");
  });
});
