import { describe, expect, it } from "vitest";
import { inspectState } from "../../../../scripts/operations/state-file";
import { resource, stateText, urnOf } from "../../../support/state-text";

const whole = stateText({ resources: [resource("edge"), resource("data")], pending: 1 });

describe("a state that is whole", () => {
  it("tells its resources, when it was written, and what was begun", () => {
    expect(inspectState(whole)).toEqual({
      readable: true,
      summary: {
        ...{ resources: 3, ids: new Set(["id-of-edge", "id-of-data"]), pending: 1 },
        ...{ written: "2030-01-31T12:00:00Z", salt: "v1:salt" },
      },
    });
  });

  it("may be that of a stack which was never deployed", () => {
    const fresh = '{"version":3,"checkpoint":{"stack":"organization/backline/qa"}}';
    expect(inspectState(fresh)).toMatchObject({ readable: true, summary: { resources: 0, pending: 0 } });
  });

  it("may hold a resource beside the one that takes its place", () => {
    const [old, other] = [resource("edge", { delete: true }), resource("edge")];
    for (const resources of [
      [old, other],
      [other, old],
      [old, old, other],
    ])
      expect(inspectState(stateText({ resources }))).toMatchObject({ readable: true });
  });
});

describe("a state that is damaged", () => {
  it.each([
    ["empty", "", "is empty"],
    ["cut off", whole.slice(0, 100), "is cut off after 100 bytes"],
    ["cut off behind a brace", whole.slice(0, whole.indexOf("}") + 1), "is no valid JSON"],
    [
      "zeroed by a crash",
      `${whole.slice(0, 100)}${"\0".repeat(50)}`,
      "holds zero bytes in the place of text",
    ],
    ["no JSON", "{]}", "is no valid JSON"],
    // The engine takes these for a stack that has nothing, and would make everything a second time.
    ["an empty object", "{}", "holds no state of Pulumi's"],
    ["null", "null\n}", "is no valid JSON"],
    ["without a checkpoint", '{"version":3,"checkpoint":null}', "holds no state of Pulumi's"],
    ["of another shape", '{"checkpoint":{"latest":{"resources":{}}}}', "holds no state of Pulumi's"],
  ])("because it is %s", (_what, content, problem) => {
    expect(inspectState(content)).toEqual({ readable: false, problem });
  });

  it.each([
    [
      "names a parent that is not there",
      [resource("edge", { parent: urnOf("x") })],
      "edge needs x, which is missing before it",
    ],
    [
      "has the order wrong",
      [resource("edge", { dependencies: [urnOf("data")] }), resource("data")],
      "edge needs data, which is missing before it",
    ],
    [
      "depends by a property on what is not there",
      [resource("edge", { propertyDependencies: { name: [urnOf("x")] } })],
      "edge needs x, which is missing before it",
    ],
    ["has a resource twice", [resource("edge"), resource("edge")], "edge is in it twice"],
    [
      "has no provider for a resource",
      [resource("edge", { provider: "urn:x::id" })],
      "edge needs a provider that is missing",
    ],
    [
      "has a resource without a type",
      [resource("edge", { type: undefined })],
      "resource 1 has no name or no type",
    ],
  ])("since it %s", (_what, resources, problem) => {
    expect(inspectState(stateText({ resources }))).toEqual({
      readable: false,
      problem: `is damaged inside: ${problem}`,
    });
  });

  it("since its manifest was changed", () => {
    expect(inspectState(whole.replace("v3.259.0", "v3.258.0"))).toEqual({
      readable: false,
      problem: "is damaged inside: its manifest was changed",
    });
  });
});
