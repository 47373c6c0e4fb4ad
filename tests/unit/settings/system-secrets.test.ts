import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../components/shared/errors";
import { generatedSecrets } from "../../../stacks/settings/system-secrets";
import { audifi } from "../../../stacks/systems/audifi";
import { example } from "../../../stacks/systems/example";
import { testSecrets } from "../../support/plans";
import { shopSecrets, shopSystem } from "../../support/shop-system";
import { faultsOfSystem, resolutionOfSystem, settingsOfSystem } from "../../support/systems";

const all: Record<string, string> = { ...testSecrets, ...shopSecrets };
const lines = (secrets: Readonly<Record<string, string>>, missing: "error" | "warn" = "error") => {
  const result = resolutionOfSystem(shopSystem, { secrets }, missing);
  return [...(result.ok ? [] : result.errors), ...result.warnings]
    .filter(({ path }) => path.startsWith("secrets"))
    .map(formatProblem);
};
const without = (name: string) => Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
const set = "run: pulumi config set --secret --path 'backline:secrets.paymentKey'";

describe("the secrets that init makes", () => {
  it("are those of the parts that a system has, and those of its own that can be any text", () => {
    expect(generatedSecrets(example)).toEqual(["nameKey", "redisPassword", "grafanaPassword"]);
    expect(generatedSecrets(audifi)).toEqual(Object.keys(testSecrets));
    expect(generatedSecrets(shopSystem)).toEqual([
      ...Object.keys(testSecrets).filter((name) => name !== "jwtSecret"),
      "sessionKey",
    ]);
  });
});

describe("a system's own secret", () => {
  it("is read by its name, and does not print", () => {
    const { systemSecrets } = settingsOfSystem(shopSystem, { secrets: all });
    expect(systemSecrets.paymentKey?.value.reveal()).toBe(shopSecrets.paymentKey);
    expect(JSON.stringify(systemSecrets)).not.toContain("-value");
  });

  it("that is missing is an error before a deploy, which says what it is or who makes it", () => {
    expect(lines(without("paymentKey"))).toEqual([
      `Pulumi.dev.yaml: secrets.paymentKey: is missing: key of the payment provider, from its dashboard; ${set}`,
    ]);
    expect(lines(without("sessionKey"))).toEqual([
      "Pulumi.dev.yaml: secrets.sessionKey: is missing; ./backline init dev generates it",
    ]);
  });

  it("that is missing is a warning before a preview", () => {
    expect(lines({}, "warn")).toEqual([
      `Pulumi.dev.yaml: secrets: ${generatedSecrets(shopSystem).join(", ")}: not there yet; ./backline init dev generates what is missing`,
      `Pulumi.dev.yaml: secrets.paymentKey: is missing: key of the payment provider, from its dashboard; ${set}`,
    ]);
  });

  it.each([
    ["empty", " ", "is empty"],
    ["a placeholder", "changeme", "is a placeholder"],
  ])("is refused when it is %s, and never shown", (_what, paymentKey, fault) => {
    expect(lines({ ...all, paymentKey })).toEqual([`Pulumi.dev.yaml: secrets.paymentKey: ${fault}; ${set}`]);
  });

  it("that init would make has the length and the characters of what init makes", () => {
    expect(lines({ ...all, sessionKey: "short" })).toEqual([
      "Pulumi.dev.yaml: secrets.sessionKey: is shorter than 16 characters; remove it and ./backline init dev generates it",
    ]);
  });

  it("may have a time when it was made", () => {
    const kept = (name: string) =>
      faultsOfSystem(shopSystem, {
        secrets: all,
        rotation: { [name]: { changed: "2030-01-31T12:00:00Z" } },
      });
    expect(kept("sessionKey")).toEqual([]);
    expect(kept("sesionKey")).toEqual([
      'Pulumi.dev.yaml: rotation.sesionKey: unknown key; did you mean "sessionKey"?',
    ]);
  });

  it("that the system does not declare is refused", () => {
    expect(lines({ ...all, paymentkey: "x" })).toEqual([
      'Pulumi.dev.yaml: secrets.paymentkey: unknown key; did you mean "paymentKey"?',
    ]);
  });
});
