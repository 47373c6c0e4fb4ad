import { describe, expect, it } from "vitest";
import { formatProblem, InputError, type Problem } from "../../../components/shared/errors";
import { resolve } from "../../../stacks/settings";
import { codes, type ProblemCode } from "../../../stacks/settings/codes";
import { parseSettings } from "../../../stacks/settings/load-file";
import { local, secrets } from "../../support/resolution";
import type { GivenSettings } from "./refused/refused-input";
import { refusedTogether } from "./refused/together";
import { refusedValues } from "./refused/values";

/** What is wrong with it, beside what a developer's machine has. */
function problems(given: GivenSettings): readonly Problem[] {
  const file = "Pulumi.dev.yaml";
  try {
    const raw =
      typeof given === "string" ? parseSettings(given, file) : { file, values: given, plainSecrets: [] };
    const values = { ...local, ...raw.values, secrets: { ...secrets, ...Object(raw.values.secrets) } };
    const result = resolve({ stack: "dev", ...raw, values }, { missing: "error" });
    return result.ok ? [] : result.errors;
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

const refused = [...refusedValues, ...refusedTogether];

describe("a stack's file", () => {
  it.each(refused)("is refused for %s", (_kind, code, given, line) => {
    const found = problems(typeof given === "string" ? `config:\n  ${given.trim()}\n` : given);
    expect(found.map(formatProblem)).toEqual([`Pulumi.dev.yaml: ${line}`]);
    expect(found.map((problem) => problem.code)).toEqual([code]);
  });

  /** Said where there is more than one file's text to look at, with tests of their own. */
  const elsewhereTested = [
    "no-stack-file",
    "stack-name",
    "missing-secret",
    "data",
    "description",
    "unknown-secret",
    "secret-owner",
  ];
  const warnings = ["release-held", "over-commit", "client-address", "image-unavailable"];

  it("has a refusal here for every code that docs/errors.md lists", () => {
    const tested = new Set<ProblemCode>(refused.map(([, code]) => code));
    const all = Object.keys(codes).filter((code) => ![...elsewhereTested, ...warnings].includes(code));
    expect([...tested].sort()).toEqual(all.sort());
  });
});

describe("what stands where nobody reads it", () => {
  it.each([
    ["confg: {}", 'confg: unknown key; did you mean "config"?'],
    [
      "backline:domain: example.com",
      "backline:domain: stands beside config; write it below config, indented",
    ],
    ["config: [backline:domain]", "config: is not a group of keys; write its keys below it, indented"],
    ["[config]", "is not a group of keys; write its keys below it, indented"],
  ])("is refused: %s", (text, line) => {
    expect(problems(text).map(formatProblem)).toEqual([`Pulumi.dev.yaml: ${line}`]);
  });

  it("is not what belongs to Pulumi or to a provider", () => {
    const text = [
      "encryptionsalt: v1:x",
      "secretsprovider: passphrase",
      "environment: []",
      "config: { docker:host: unix:///var/run/docker.sock, domain: audifi.localhost }",
    ].join("\n");
    expect(problems(text)).toEqual([]);
  });

  it.each(["", "config:\n", "config: {}\n"])("is not a file without keys: %j", (text) => {
    expect(problems(text)).toEqual([]);
  });
});
