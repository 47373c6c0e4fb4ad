import { describe, expect, it } from "vitest";
import { formatProblem, InputError } from "../../../../components/shared/errors";
import { chooseSecrets } from "../../../../scripts/operations/secrets/choose";
import type { SystemDescription } from "../../../../stacks/systems";
import { example } from "../../../../stacks/systems/example";
import { shopSystem } from "../../../support/shop-system";

/** The lines that the user sees. */
function refusal(wanted: string, system: SystemDescription): string[] {
  try {
    chooseSecrets("qa", {}, wanted, system);
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(formatProblem);
    throw error;
  }
  return [];
}

describe("the secrets that a rotation is about", () => {
  it("are all that can be rotated of the parts that the stack's system has", () => {
    expect(chooseSecrets("qa", {}, undefined)).toEqual([
      "jwtSecret",
      "postgresAdminPassword",
      "postgresPassword",
      "postgresMonitoringPassword",
      "redisPassword",
      "grafanaPassword",
    ]);
    expect(chooseSecrets("qa", { system: "example" }, undefined)).toEqual([
      "redisPassword",
      "grafanaPassword",
    ]);
  });

  it("are the named one, with or without its group", () => {
    for (const name of ["redisPassword", "secrets.redisPassword"])
      expect(chooseSecrets("qa", { system: "example" }, name)).toEqual(["redisPassword"]);
  });

  it("are none of a part that the system does not have", () => {
    expect(refusal("postgresPassword", example)).toEqual([
      "Pulumi.qa.yaml: secrets.postgresPassword: is not rotated: the system example has no part that uses it; ./backline secrets list qa prints what there is",
    ]);
    expect(refusal("redisPasword", example)).toEqual([
      'Pulumi.qa.yaml: secrets: there is no secret "redisPasword"; did you mean "redisPassword"?',
    ]);
  });

  it.each([
    [
      "sessionKey",
      `only the system's services know what was made with it; for a new value: eval "$(./backline env qa)" && pulumi config rm --path 'backline:secrets.sessionKey', then ./backline init qa and ./backline up qa`,
    ],
    [
      "secrets.paymentKey",
      `get a new one from whoever gave it out: eval "$(./backline env qa)" && pulumi config set --secret --path 'backline:secrets.paymentKey', then ./backline up qa`,
    ],
  ])("are none of a system's own: %s", (wanted, how) => {
    expect(refusal(wanted, shopSystem)).toEqual([
      `Pulumi.qa.yaml: secrets.${wanted.replace("secrets.", "")}: is not rotated: ${how}`,
    ]);
  });
});
