import { describe, expect, it } from "vitest";
import { nestsDeeper } from "../../../../../services/api/plugins/json-bodies";
import { fakeApi } from "../fakes";

const lists = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));

describe("nestsDeeper", () => {
  it("counts arrays and objects that are inside each other, not beside each other", () => {
    for (const flat of [null, 1, "[[[", true, undefined]) expect(nestsDeeper(flat, 0)).toBe(false);
    expect([nestsDeeper([], 0), nestsDeeper([], 1), nestsDeeper({ a: [1, 2], b: [{}] }, 3)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(nestsDeeper({ a: [1, 2], b: [{}] }, 2)).toBe(true);
    expect([nestsDeeper(lists(64), 64), nestsDeeper(lists(65), 64), nestsDeeper(lists(100_000), 64)]).toEqual(
      [false, true, true],
    );
  });
});

describe("JSON bodies", () => {
  it("are refused on every route when they are nested too deeply", async () => {
    const { app, authorization } = await fakeApi();
    const headers = { authorization, "content-type": "application/json" };
    for (const payload of [
      `${"[".repeat(30_000)}${"]".repeat(30_000)}`,
      `${`{"a":`.repeat(65)}1${"}".repeat(65)}`,
    ]) {
      for (const url of ["/v1/rooms", "/v1/auth/guest", "/v1/auth/sign-in", "/v1/auth/sign-out"]) {
        const answer = await app.inject({ method: "POST", url, headers, payload });
        expect([answer.statusCode, answer.json().detail], url).toEqual([
          400,
          "body: arrays and objects may be nested 64 levels deep at most",
        ]);
      }
    }
  });
});
