import { describe, expect, it } from "vitest";
import { parseOperation } from "../../../../services/operations/arguments";

describe("the operators' program", () => {
  it.each([
    ["jobs list", { do: "jobs list", state: undefined, limit: 100 }],
    ["jobs list --state failed --limit 5", { do: "jobs list", state: "failed", limit: 5 }],
    ["jobs retry abc", { do: "jobs retry", id: "abc" }],
    ["jobs retry --all", { do: "jobs retry", id: undefined }],
    ["users promote ada@example.com", { do: "users promote", email: "ada@example.com" }],
    ["users list-admins", { do: "users list-admins" }],
  ])("understands %s", (words, operation) => {
    expect(parseOperation(words.split(" "))).toEqual(operation);
  });

  it.each([
    "",
    "jobs",
    "jobs list --state gone",
    "jobs list --limit 0",
    "jobs list --limit many",
    "jobs list abc",
    "jobs retry",
    "jobs retry abc --all",
    "jobs retry abc def",
    "jobs retry --everything",
    "users promote nobody",
    "users promote ada@example.com --all",
    "users list-admins --limit 1",
  ])("refuses '%s'", (words) => {
    expect(() => parseOperation(words.split(" ").filter((word) => word !== ""))).toThrow(
      /^write one of:\njobs list/,
    );
  });
});
