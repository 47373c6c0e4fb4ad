import { describe, expect, it } from "vitest";
import type { ResourceChange } from "../../../scripts/operations/changes";
import { renderDrift } from "../../../scripts/operations/drift";
import { changeOf } from "../../support/resource-change";

const container = (name: string, more: Partial<ResourceChange>): ResourceChange =>
  changeOf(name, { operation: "delete", ...more });

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
