import { describe, expect, it } from "vitest";
import { longestComment } from "../../../../scripts/operations/changes/comment";
import { parseEvents } from "../../../../scripts/operations/changes/events";
import {
  driftComment,
  failureComment,
  previewComment,
} from "../../../../scripts/operations/changes/markdown";
import { plannedChanges } from "../../../../scripts/operations/changes/resource";
import { changeOf } from "../../../support/resource-change";
import { everything } from "./engine-lines";

const hidden = [["/srv/checkout", "."]] as const;
const events = parseEvents(everything, hidden);
const changes = plannedChanges(events, hidden);

describe("the comment of a preview", () => {
  it("begins with its marker and the counts, has what is stateful in bold, and ends with the warnings", () => {
    expect(previewComment({ stack: "qa", changes, warnings: events.warnings, apart: false })).toBe(
      [
        "<!-- backline preview qa -->",
        "",
        "### `qa`: 1 to add, 1 to change, 2 to replace, 2 to delete, 1 unchanged",
        "",
        "- **`redis-data` (`docker:Volume`) is deleted; its data is kept**",
        "- **`postgres` (`docker:Container`) is replaced**",
        "",
        "<details><summary>6 resources</summary>",
        "",
        "`-` `old-gate` (`command:Command`)",
        "```diff",
        '- create: "[secret]"',
        "```",
        "",
        "`-` `redis-data` (`docker:Volume`)",
        "```diff",
        '- name: "qa-redis-data"',
        "```",
        "",
        "`+-` `api-0-name` (`command:Command`)",
        "```diff",
        '! stdin: "[secret]" changes',
        '- triggers: "b"  # replaces',
        '+ triggers: "c"  # replaces',
        "```",
        "",
        "`+-` `postgres` (`docker:Container`)",
        "```diff",
        '- image: "a"',
        '+ image: "b"  # replaces',
        "```",
        "",
        "`~` `ws-0` (`docker:Container`)",
        "```diff",
        '- envs: "B=1"',
        '+ envs: "C=1"',
        '+ labels.b: "2"',
        "- memory: 512",
        "+ memory: 768",
        "```",
        "",
        "`+` `fresh` (`command:Command`)",
        "```diff",
        '+ create: "set -eu"… (2 lines)',
        '+ dir: "./.backline"',
        '+ image: "[unknown]"',
        "```",
        "",
        "</details>",
        "",
        "<details><summary>1 warning</summary>",
        "",
        "```text",
        "Pulumi.qa.yaml: host.cpus: too many",
        "```",
        "",
        "</details>",
        "",
      ].join("\n"),
    );
  });

  it("shows of a changed script the lines that change", () => {
    const change = { path: "create", before: "a\nb\nc", after: "a\nB\nc", replaces: false };
    const text = previewComment({
      stack: "qa",
      changes: [changeOf("x", { operation: "update", changes: [change] })],
      warnings: [],
      apart: false,
    });
    expect(text).toContain("```diff\n! create: some of its 3 lines change\n-   b\n+   B\n```");
  });

  it("says that nothing changes, without a list", () => {
    const same = [changeOf("x", { operation: "same" })];
    expect(previewComment({ stack: "qa", changes: same, warnings: [], apart: false })).toBe(
      "<!-- backline preview qa -->\n\n### `qa`: 1 unchanged\n",
    );
  });

  it("leaves the inputs of what is new out where they are too long, and keeps what changes", () => {
    const inputs = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`key${at}`, "x".repeat(90)]));
    const many = [
      ...Array.from({ length: 50 }, (_, at) => changeOf(`new-${at}`, { inputs })),
      changeOf("ws-0", {
        operation: "update",
        changes: [{ path: "memory", before: 1, after: 2, replaces: false }],
      }),
    ];
    const text = previewComment({ stack: "qa", changes: many, warnings: [], apart: true });
    expect(text).toContain("`+` `new-49` (`docker:Container`)\n\n");
    expect(text).not.toContain("key0");
    expect(text).toContain("- memory: 1\n+ memory: 2\n");
    expect(text).toContain("Inputs of what is added or deleted are left out for their length");
  });

  it("is cut between two resources where it is still too long, says so, and keeps the warnings", () => {
    const updates = Array.from({ length: 2000 }, (_, at) =>
      changeOf(`x-${at}`, {
        operation: "update",
        changes: [{ path: "memory", before: "a".repeat(100), after: at, replaces: false }],
      }),
    );
    const text = previewComment({ stack: "qa", changes: updates, warnings: ["careful"], apart: false });
    expect(text.length).toBeLessThanOrEqual(longestComment);
    expect(text.length).toBeGreaterThan(longestComment - 400);
    const shown = [...text.matchAll(/^`~` `x-/gm)].length;
    expect(text).toContain(
      `… and ${2000 - shown} more, cut for their length; \`./backline preview qa\` shows all.\n\n</details>`,
    );
    expect(text).toContain("careful");
  });

  it("is not ended by backticks in a value or a warning", () => {
    const text = previewComment({ stack: "qa", changes: [], warnings: ["a\n```\n# b"], apart: false });
    expect(text).toContain("````text\na\n```\n# b\n````");
  });
});

describe("the comment of a failure", () => {
  it("says whether the input was bad, under the marker of the comment that it replaces", () => {
    expect(failureComment("preview", "qa", "Pulumi.qa.yaml: domain: no", "input")).toBe(
      "<!-- backline preview qa -->\n\n### `qa`: the configuration is refused\n\n```text\nPulumi.qa.yaml: domain: no\n```\n",
    );
    expect(failureComment("drift", "qa", "no host", "run")).toContain("### `qa`: looking for drift failed\n");
    expect(failureComment("preview", "qa", "x".repeat(100_000), "run").length).toBeLessThan(longestComment);
  });
});

describe("the text of a drift's issue", () => {
  it("lists what is gone, what was changed and the host's steps, with the commands that mend", () => {
    expect(
      driftComment({
        stack: "qa",
        changes: [
          changeOf("postgres-data", {
            operation: "delete",
            type: "docker:index/volume:Volume",
            stateful: true,
          }),
          changeOf("ws-0", {
            operation: "update",
            changes: [{ path: "memory", before: 1, after: 2, replaces: false }],
          }),
        ],
        host: [{ name: "firewall", details: ["a rule is missing"] }],
      }),
    ).toBe(
      [
        "<!-- backline drift qa -->",
        "",
        "### `qa`: 3 of its parts differ from what was deployed",
        "",
        "- `./backline refresh qa`, then `./backline up qa`, puts back what was changed by hand.",
        "- `./backline host apply qa` gives the host its steps again.",
        "",
        "<details><summary>What differs</summary>",
        "",
        "**`postgres-data` (`docker:Volume`) is gone**",
        "",
        "`ws-0` (`docker:Container`) was changed",
        "```diff",
        "- memory: 1",
        "+ memory: 2",
        "```",
        "",
        "The host's step `firewall` differs",
        "```text",
        "a rule is missing",
        "```",
        "",
        "</details>",
        "",
      ].join("\n"),
    );
  });

  it("says that there is none", () => {
    expect(driftComment({ stack: "qa", changes: [], host: [] })).toBe(
      "<!-- backline drift qa -->\n\n### `qa`: no drift\n",
    );
  });
});
