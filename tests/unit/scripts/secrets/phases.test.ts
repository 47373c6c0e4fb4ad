import { describe, expect, it } from "vitest";
import { catalogue } from "../../../../scripts/operations/secrets/catalogue";
import {
  advance,
  begin,
  needsUpdate,
  planRotation,
  resume,
  type SecretState,
  type Step,
} from "../../../../scripts/operations/secrets/phases";
import { type SecretName, secretNames } from "../../../../stacks/settings/secret-names";

const now = new Date("2030-01-31T12:00:00.123Z");
/** 30 minutes for the update, 15 for the life of a token. */
const until = "2030-01-31T12:45:00Z";

const at = (name: SecretName, more: Partial<SecretState> = {}): SecretState => ({
  ...{ name, changed: "2029-01-01T00:00:00Z", rotations: 2, phase: undefined, hasOther: false },
  ...{ until: undefined, ...more },
});

/** The state after a step. */
const after = (state: SecretState, step: Step): SecretState => ({
  ...state,
  ...step,
  changed: step.changed ?? state.changed,
  rotations: step.rotations ?? state.rotations,
  hasOther: step.values === "keep" || step.values === "swap" ? state.hasOther : false,
  until: step.until,
});

/** Phase, what happens to the values, and whether an update follows, for each step of a rotation to its end. */
function course(name: SecretName): unknown[] {
  let state = at(name, { hasOther: true });
  const seen: unknown[] = [];
  for (let step: Step | undefined = begin(state, now); step !== undefined; step = advance(state, now)) {
    seen.push([step.phase, step.values, needsUpdate(step, state) ? "update" : "no update"]);
    state = after(state, step);
  }
  return seen;
}

describe("the rotation of a secret", () => {
  it.each(["postgresPassword", "redisPassword"] as const)(
    "that a server accepts two of uses the new one, then refuses the old one: %s",
    (name) => {
      expect(course(name)).toEqual([
        ["used", "swap", "update"],
        ["ended", "drop", "update"],
        [undefined, "keep", "no update"],
      ]);
    },
  );

  it("that signs is known to everybody before anybody signs with it, and the old one expires", () => {
    const [first, ...others] = course("jwtSecret");
    // The new value beside the present one is what the first update is for; putting it there changed the file already.
    expect(first).toEqual(["introduced", "keep", "no update"]);
    expect(others).toEqual([
      ["used", "swap", "update"],
      ["expiring", "keep", "no update"],
    ]);
    expect(advance(at("jwtSecret", { phase: "introduced", hasOther: true }), now)).toEqual({
      name: "jwtSecret",
      values: "swap",
      phase: "used",
      changed: "2030-01-31T12:00:00Z",
      rotations: 3,
      until,
    });
  });

  it.each(["postgresAdminPassword", "postgresMonitoringPassword", "grafanaPassword"] as const)(
    "that no request needs takes one update: %s",
    (name) => {
      expect(course(name)).toEqual([
        ["used", "take", "update"],
        [undefined, "keep", "no update"],
      ]);
    },
  );

  it("ends without a change where somebody has taken the new value away", () => {
    const taken = at("jwtSecret", { phase: "introduced" });
    expect(advance(taken, now)).toEqual({ name: "jwtSecret", values: "keep", phase: undefined });
  });

  it("is known for every secret, or why there is none", () => {
    expect(secretNames.filter((name) => catalogue[name].way === undefined)).toEqual(["nameKey"]);
    expect(() => begin(at("nameKey"), now)).toThrow("nameKey is not rotated");
  });
});

describe("a run after one that was killed", () => {
  it("gives a signing key whose update it repeats its time anew, and changes nothing else", () => {
    const state = at("jwtSecret", { phase: "used", hasOther: true, until: "2030-01-31T11:00:00Z" });
    expect(resume(state, now)).toEqual({ name: "jwtSecret", values: "keep", phase: "used", until });
    expect(resume(at("redisPassword", { phase: "used", hasOther: true }), now)).toBeUndefined();
    expect(resume(at("jwtSecret", { phase: "introduced", hasOther: true }), now)).toBeUndefined();
  });

  it("ends a signing key that has expired, and no other", () => {
    const expiring = (time: string) => at("jwtSecret", { phase: "expiring", hasOther: true, until: time });
    expect(resume(expiring("2030-01-31T12:00:00Z"), now)).toMatchObject({ values: "drop", phase: "ended" });
    expect(resume(expiring("2030-01-31T12:00:01Z"), now)).toBeUndefined();
    const removed = at("jwtSecret", { phase: "expiring", until });
    expect(resume(removed, now)).toMatchObject({ values: "keep", phase: "ended" });
  });

  it("completes what is under way and gives it no second new value", () => {
    const states = [
      at("redisPassword", { phase: "used", hasOther: true }),
      at("postgresPassword"),
      at("grafanaPassword", { phase: "ended" }),
    ];
    expect(planRotation(states, ["redisPassword", "postgresPassword"], now)).toEqual({
      continued: ["redisPassword", "grafanaPassword"],
      begun: ["postgresPassword"],
      waiting: [],
    });
  });

  it("leaves a signing key alone until it may be changed again, then ends it", () => {
    const expiring = (time: string) => [
      at("jwtSecret", { phase: "expiring", hasOther: true, until: time }),
      at("redisPassword"),
    ];
    expect(planRotation(expiring(until), ["jwtSecret", "redisPassword"], now)).toEqual({
      continued: [],
      begun: ["redisPassword"],
      waiting: [{ name: "jwtSecret", until }],
    });
    expect(planRotation(expiring("2030-01-31T11:59:59Z"), ["redisPassword"], now)).toEqual({
      continued: ["jwtSecret"],
      begun: ["redisPassword"],
      waiting: [],
    });
  });
});
