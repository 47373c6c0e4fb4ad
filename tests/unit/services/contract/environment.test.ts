import { describe, expect, it } from "vitest";
import { environment, environmentNames, environmentOf } from "../../../../services/contract/environment";
import { environments } from "../../../../services/runtime/environment";

describe("the environment's contract", () => {
  it("names for each service exactly the variables that the service parses", () => {
    for (const service of ["api", "ws", "worker", "migrations"] as const) {
      expect(Object.keys(environments[service].shape).sort()).toEqual(environmentOf(service).sort());
    }
  });

  it("passes every secret as the path of a file, and nothing else as one", () => {
    const secrets = environmentNames.filter((name) => "secretFile" in environment[name]);
    expect(secrets).toEqual([
      "POSTGRES_PASSWORD_FILE",
      "REDIS_PASSWORD_FILE",
      "JWT_SECRET_FILE",
      "JWT_OTHER_SECRET_FILE",
      "STRIPE_WEBHOOK_SECRET_FILE",
      "STORAGE_SECRET_KEY_FILE",
      "CHAIN_PROVIDERS_FILE",
      "SMTP_PASSWORD_FILE",
    ]);
    expect(environmentNames.filter((name) => name.endsWith("_FILE"))).toEqual(secrets);
  });

  it("gives migrations nothing that they do not need", () => {
    expect(environmentOf("migrations")).toEqual([
      "POSTGRES_HOST",
      "POSTGRES_PORT",
      "POSTGRES_DATABASE",
      "POSTGRES_USER",
      "POSTGRES_PASSWORD_FILE",
      "LOG_LEVEL",
      "STACK",
      "VERSION",
    ]);
  });
});
