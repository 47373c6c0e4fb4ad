import { describe, expect, it } from "vitest";
import type { ReleaseRecord } from "../../../components/release/release";
import { InputError } from "../../../components/shared/errors";
import { type Choice, chooseRelease } from "../../../scripts/operations/choose-release";

function record(id: string, more: Partial<ReleaseRecord> = {}): ReleaseRecord {
  // As long as the hash of a content is.
  const tag = id.repeat(3);
  const images = { api: `backline/qa-api:${tag}`, migrations: `backline/qa-migrations:${tag}` };
  return {
    id,
    images,
    migration: "0007_x",
    contracts: [],
    when: "2030-01-31T12:00:00Z",
    who: "a@b",
    ...more,
  };
}

const [a, b, c] = [record("aaaa"), record("bbbb"), record("cccc")];
const all = [a, b, c].flatMap(({ images }) => Object.values(images));

const choose = (records: readonly ReleaseRecord[], more: Partial<Choice> = {}) =>
  chooseRelease({
    ...{ stack: "qa", records, wanted: undefined, failed: false, images: all },
    services: ["api", "migrations"],
    ...more,
  });

/** The sentences of the refusal. */
function refused(...args: Parameters<typeof choose>): string[] {
  try {
    return [`chose ${choose(...args).id}`];
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ message }) => message);
    throw error;
  }
}

describe("a rollback", () => {
  it("goes to the release before", () => {
    expect(choose([a, b, c])).toBe(b);
  });

  it("goes to the one that serves, after an update that failed", () => {
    expect(choose([a, b], { failed: true })).toBe(b);
  });

  it("goes one further back the second time, and not to the one that was left", () => {
    const back = { ...b, rolledBackFrom: "cccc" };
    expect(choose([a, b, c, back])).toBe(a);
    expect(refused([a, c, { ...a, rolledBackFrom: "cccc" }])).toEqual([
      "there is no release before aaaa, which serves; ./backline releases qa lists all",
    ]);
  });

  it("goes to what was deployed after a way back", () => {
    expect(choose([a, b, { ...a, rolledBackFrom: "bbbb" }, c])).toMatchObject({ id: "aaaa" });
  });

  it("goes to the release that is named, by its latest record", () => {
    const again = record("aaaa", { who: "later@b" });
    expect(choose([a, b, again, c], { wanted: "aaaa" })).toBe(again);
    expect(choose([a, b], { wanted: "bbbb", failed: true })).toBe(b);
  });

  it("is refused for an unknown release, the one that serves, and where there is none", () => {
    expect(refused([a, b, a], { wanted: "a" })).toEqual([
      'the stack qa has no release "a"; there are aaaa, bbbb',
    ]);
    expect(refused([a, b], { wanted: "bbbb" })).toEqual([
      "bbbb is the release that serves; ./backline releases qa lists those before",
    ]);
    expect(refused([])).toEqual([
      "the stack qa has no release to go back to; ./backline deploy qa makes one",
    ]);
    expect(refused([a])).toEqual([
      "there is no release before aaaa, which serves; ./backline releases qa lists all",
    ]);
  });

  it("is refused across a contract, which it names", () => {
    const contract = record("cccc", { migration: "0009_z", contracts: ["0005_w", "0008_y"] });
    const mend = "took away what it needs; write a new release that mends what is wrong";
    expect(refused([a, b, contract])).toEqual([
      `the release bbbb does not run on the database any more: 0008_y ${mend}`,
    ]);
    // The database stays where it is when a release is gone back from.
    const after = record("dddd", { migration: "0008_y", contracts: [], rolledBackFrom: "cccc" });
    expect(refused([a, contract, after], { wanted: "aaaa" })).toEqual([
      `the release aaaa does not run on the database any more: 0008_y ${mend}`,
    ]);
    expect(choose([record("aaaa", { migration: "0008_y" }), contract])).toMatchObject({ id: "aaaa" });
  });

  it("is refused without its images or its services, all at once", () => {
    expect(refused([a, b], { images: [a.images.migrations ?? ""] })).toEqual([
      "images of the release aaaa are gone from the host: backline/qa-api:aaaaaaaaaaaa; check out its sources and deploy them",
    ]);
    expect(refused([a, b], { images: [], services: ["web", "migrations"] })).toEqual([
      "images of the release aaaa are gone from the host: backline/qa-api:aaaaaaaaaaaa, backline/qa-migrations:aaaaaaaaaaaa; check out its sources and deploy them",
      "the release aaaa is of a system with other services (without web, with api); check out its sources and deploy them",
    ]);
  });
});
