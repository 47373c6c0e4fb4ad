import { describe, expect, it } from "vitest";
import { type ReleaseRecord, releaseId } from "../../../components/release/release";
import { isFailure } from "../../../scripts/operations/history";
import { promised } from "../../../scripts/operations/outputs";
import {
  changedServices,
  listReleases,
  missingImages,
  releaseSentence,
  renderReleases,
} from "../../../scripts/operations/releases";

const time = "2030-01-31T12:00:00Z";

/** The tag of a bundled service's image: a hash of 12 digits. */
const tag = (version: string): string => version.padStart(12, "0");

function record(api: string, ws: string, more: Partial<ReleaseRecord> = {}): ReleaseRecord {
  const images = { api: `backline/qa-api:${tag(api)}`, ws: `backline/qa-ws:${tag(ws)}` };
  const release = { id: releaseId(images), images, migration: "0007_x", contracts: [] };
  return { ...release, when: time, who: "ada@laptop", ...more };
}

const one = record("1", "1");
const two = record("2", "1", { who: "octocat" });
const back = { ...one, rolledBackFrom: two.id };

describe("the releases of a stack", () => {
  const images = Object.values(two.images);

  it("are a table, newest first", () => {
    expect(renderReleases("qa", listReleases([one, two], images))).toBe(
      [
        "RELEASE   WHEN                  WHO         CHANGED  MIGRATION  IMAGES",
        `${two.id}  2030-01-31T12:00:00Z  octocat     api      0007_x     stored  serves`,
        `${one.id}  2030-01-31T12:00:00Z  ada@laptop  api, ws  0007_x     gone`,
        "",
      ].join("\n"),
    );
  });

  it("tell which one serves, and what was gone back from", () => {
    const listed = listReleases([one, two, back], [...images, ...Object.values(one.images)]);
    expect(listed.map(({ id, serves, stored, changed }) => [id, serves, stored, changed])).toEqual([
      [one.id, true, true, ["api"]],
      [two.id, false, true, ["api"]],
      [one.id, false, true, ["api", "ws"]],
    ]);
    expect(renderReleases("qa", listed)).toContain(`serves, rolled back from ${two.id}`);
  });

  it("are none yet", () => {
    expect(renderReleases("qa", listReleases([], images))).toBe(
      "The stack qa has no release yet; ./backline deploy qa makes one.\n",
    );
  });

  it("are read from the outputs, where these tell of any", () => {
    expect(promised({ release: two.id, releases: [one, two] })).toMatchObject({
      release: two.id,
      releases: [one, two],
    });
    expect(promised({ releases: "x" })).toEqual({ urls: {}, containers: [], releases: [] });
  });
});

it("a service has changed that has another version, is new or gone", () => {
  const later = record("2", "1");
  expect(changedServices(one, later)).toEqual(["api"]);
  const web = `backline/qa-web:${tag("1")}`;
  expect(changedServices(one, { images: { ...one.images, web } })).toEqual(["web"]);
  const elsewhere = { api: `elsewhere.example.com/qa-api:${tag("1")}` };
  expect(changedServices(one, { images: elsewhere })).toEqual(["ws"]);
});

it("a service has changed that is of another image, though the version is called the same", () => {
  const before = { images: { shop: "team/shop:1.4.2" } };
  expect(changedServices(before, { images: { shop: "team/shop:1.4.2" } })).toEqual([]);
  expect(changedServices(before, { images: { shop: "other/shop:1.4.2" } })).toEqual(["shop"]);
});

it("an image of Docker's own registry is found under the name that Docker lists", () => {
  const [api, ws] = [`team/qa-api:${tag("1")}`, `registry.example.com/qa-ws:${tag("1")}`];
  const images = { api: `docker.io/${api}`, ws };
  expect(missingImages({ images }, [api, ws])).toEqual([]);
  expect(missingImages({ images }, [api])).toEqual([ws]);
});

it("an image that is not built from sources can be pulled again, and need not be on the host", () => {
  expect(missingImages({ images: { shop: "team/shop:1.4.2" } }, [])).toEqual([]);
});

describe("what an update says of its release", () => {
  const during = new Date("2030-01-31T12:00:00.700Z");
  const after = new Date("2030-01-31T12:00:01.000Z");

  it.each([
    ["a first one", [one], during, `release ${one.id} serves, the first of this stack`],
    ["a new one", [one, two], during, `release ${two.id} serves, after ${one.id}; new: api`],
    ["none", [one, two], after, `release ${two.id} serves as before`],
    [
      "a way back",
      [one, two, back],
      during,
      `release ${one.id} serves again, in the place of ${two.id}; back: api`,
    ],
    [
      "other names",
      [one, one],
      during,
      `release ${one.id} serves, after ${one.id}; new: the same content under other names`,
    ],
    ["nothing known", [], during, undefined],
  ])("%s", (_what, records, started, sentence) => {
    expect(releaseSentence(records, started)).toBe(sentence);
  });
});

it("the last update counts, and no refresh after it", () => {
  const run = (kind: string, result: string) => ({ kind, result, startTime: time });
  const failed = (...runs: object[]) => isFailure(JSON.stringify(runs));
  expect(failed(run("refresh", "succeeded"), run("update", "failed"), run("update", "succeeded"))).toBe(true);
  expect(failed(run("update", "succeeded"), run("update", "failed"))).toBe(false);
  expect(failed()).toBe(false);
});
