import { describe, expect, it } from "vitest";
import type { ResourceChange } from "../../../scripts/operations/changes";
import { renderDrift } from "../../../scripts/operations/drift";

const container = (name: string, more: Partial<ResourceChange>): ResourceChange => ({
  operation: "delete",
  name,
  type: "docker:index/container:Container",
  urn: `urn:${name}`,
  stateful: false,
  retained: false,
  inputs: {},
  changes: [],
  ...more,
});

describe("drift", () => {
  it("is one line for each part that differs, with what does below it", () => {
    const resources = [
      container("worker-0", { inputs: { memory: 1 } }),
      container("ws-0", {
        operation: "update",
        changes: [{ path: "memory", before: 1024, after: 512, replaces: false }],
      }),
    ];
    const host = [{ name: "firewall", state: "drift" as const, details: ["a rule is missing"] }];
    expect(renderDrift({ stack: "qa", resources, host })).toBe(
      [
        "gone     worker-0 (docker:Container)",
        "changed  ws-0 (docker:Container)",
        "           - memory: 1024",
        "           + memory: 512",
        "host     firewall",
        "           a rule is missing",
      ].join("\n"),
    );
  });

  it("is one sentence where there is none", () => {
    expect(renderDrift({ stack: "qa", resources: [], host: [] })).toBe(
      "Nothing differs from what was deployed to qa.",
    );
  });
});
