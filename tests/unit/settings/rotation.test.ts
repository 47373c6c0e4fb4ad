import { describe, expect, it } from "vitest";
import { errors, local, resolution, secrets } from "../../support/resolution";

describe("what a rotation keeps in a stack's file", () => {
  it("is that a secret was never rotated, where there is nothing", () => {
    const result = resolution({ ...local, secrets });
    if (!result.ok) throw new Error("it is right");
    expect(result.settings.rotation.redisPassword).toEqual({
      rotations: 0,
      other: undefined,
      until: undefined,
    });
  });

  it("does not print its second value", () => {
    const other = "another-value-0123456789-0123456789";
    const result = resolution({ ...local, secrets, rotation: { jwtSecret: { other, rotations: 3 } } });
    if (!result.ok) throw new Error("it is right");
    const { jwtSecret } = result.settings.rotation;
    expect(jwtSecret.other?.reveal()).toBe(other);
    expect(JSON.stringify(result.settings)).not.toContain(other);
    expect(jwtSecret.rotations).toBe(3);
  });

  it.each([
    [{ jwtSecrte: {} }, 'rotation.jwtSecrte: unknown key; did you mean "jwtSecret"?'],
    [
      { jwtSecret: { until: "tomorrow" } },
      'rotation.jwtSecret.until: "tomorrow" is not a time; write "2030-01-31T12:00:00Z"',
    ],
    [
      { jwtSecret: { other: "short" } },
      "rotation.jwtSecret.other: is shorter than 32 characters; remove it and run: ./backline secrets rotate dev jwtSecret",
    ],
    [
      { redisPassword: { rotations: -1 } },
      "rotation.redisPassword.rotations: -1 is out of range; write a whole number from 0 to 1000000",
    ],
  ])("refuses %j", (rotation, message) => {
    expect(errors({ rotation })).toEqual([`Pulumi.dev.yaml: ${message}`]);
  });
});
