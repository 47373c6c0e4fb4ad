import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readStates, withSteps, writeGenerated } from "../../../../scripts/operations/secrets/file";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "backline-secrets-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const text = (secret: string, rotation: readonly string[]) =>
  [
    "config:",
    "  backline:domain: example.com # Mine.",
    "  backline:secrets:",
    `    redisPassword: {secure: ${secret}}`,
    "  backline:rotation:",
    "    redisPassword:",
    ...rotation.map((line) => `      ${line}`),
    "",
  ].join("\n");
const before = text("v1:a", ['changed: "2029-01-01T00:00:00Z"', "other: {secure: v1:b}"]);

describe("a step in a stack's file", () => {
  const used = {
    name: "redisPassword",
    phase: "used",
    changed: "2030-01-31T12:00:00Z",
    rotations: 1,
  } as const;

  it("exchanges the values as they are, encrypted, and keeps comments", () => {
    expect(withSteps(before, [{ ...used, values: "swap", until: "2030-01-31T12:45:00Z" }])).toBe(
      text("v1:b", [
        'changed: "2030-01-31T12:00:00Z"',
        "other: {secure: v1:a}",
        "rotations: 1",
        'phase: "used"',
        'until: "2030-01-31T12:45:00Z"',
      ]),
    );
  });

  it("takes the other value in the place of the first", () => {
    expect(withSteps(before, [{ ...used, values: "take" }])).toBe(
      text("v1:b", ['changed: "2030-01-31T12:00:00Z"', "rotations: 1", 'phase: "used"']),
    );
  });

  it("never takes the one value away that there is", () => {
    const single = text("v1:a", ["rotations: 1"]);
    expect(() => withSteps(single, [{ ...used, values: "swap" }])).toThrow(
      "there is no second value of redisPassword",
    );
  });

  it("drops the other value, the phase and the time", () => {
    const held = text("v1:b", ["rotations: 1", "other: {secure: v1:a}", "phase: used", "until: x"]);
    const dropped = withSteps(held, [{ name: "redisPassword", values: "drop", phase: undefined }]);
    expect(dropped).toBe(text("v1:b", ["rotations: 1"]));
  });
});

describe("what a stack's file says of a secret", () => {
  it("is read without the values", () => {
    writeFileSync(join(root, "Pulumi.qa.yaml"), before);
    const states = readStates(root, "qa");
    expect(states.find(({ name }) => name === "redisPassword")).toEqual({
      name: "redisPassword",
      changed: "2029-01-01T00:00:00Z",
      rotations: 0,
      phase: undefined,
      hasOther: true,
      until: undefined,
    });
    expect(states.find(({ name }) => name === "jwtSecret")).toMatchObject({ rotations: 0, hasOther: false });
  });

  it("begins with when it was generated", () => {
    writeFileSync(join(root, "Pulumi.qa.yaml"), "config:\n  backline:domain: example.com # Mine.\n");
    writeGenerated(root, "qa", ["nameKey", "jwtSecret"], new Date("2030-01-31T12:00:00Z"));
    expect(readFileSync(join(root, "Pulumi.qa.yaml"), "utf8")).toBe(
      [
        "config:",
        "  backline:domain: example.com # Mine.",
        "  backline:rotation:",
        "    nameKey:",
        '      changed: "2030-01-31T12:00:00Z"',
        "    jwtSecret:",
        '      changed: "2030-01-31T12:00:00Z"',
        "",
      ].join("\n"),
    );
  });
});
