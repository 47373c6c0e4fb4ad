import { describe, expect, it } from "vitest";
import { planEnvironment, type Values } from "../../../components/service/environment";
import { formatProblem } from "../../../components/shared/errors";
import { Secret } from "../../../components/shared/secret";
import { planPlatform } from "../../../stacks/plan";
import { planOf, releaseOf } from "../../support/plans";
import { local, resolution, secrets } from "../../support/resolution";

const features = (secret: string) => `
config:
  backline:proxy: { httpPort: 8080, httpsPort: 8443, certificates: internal }
  backline:rateLimits: { user: 100, address: 600 }
  backline:stripe: { webhookSecret: { secure: "${secret}" } }
  backline:smtp: { host: smtp.example.com, from: a@audifi.io }
`;

const environmentOf = (text: string, service: string) => {
  const plan = planOf(text).services.find(({ name }) => name === service);
  return {
    environment: plan?.replicas[0]?.spec.environment ?? {},
    files: plan?.files?.files.map(({ name }) => name) ?? [],
  };
};

describe("the environment of a process", () => {
  it("has the variables that the process reads, and secrets as paths of files", () => {
    const values: Values = {
      STACK: "dev",
      PORT: "3000",
      SMTP_HOST: "smtp.example.com",
      SMTP_PASSWORD_FILE: new Secret("s3cret"),
      JWT_SECRET_FILE: new Secret("k"),
      STORAGE_ENDPOINT: undefined,
    };
    const worker = planEnvironment("worker", values);
    expect(worker.environment).toEqual({
      STACK: "dev",
      SMTP_HOST: "smtp.example.com",
      SMTP_PASSWORD_FILE: "/run/backline/smtp-password",
    });
    expect(worker.files.map(({ name }) => name)).toEqual(["smtp-password"]);
    expect(planEnvironment("ws", values).environment).toEqual({
      PORT: "3000",
      JWT_SECRET_FILE: "/run/backline/jwt-secret",
      STACK: "dev",
    });
  });

  it("gives each feature of a stack to the services that offer it", () => {
    const text = features("v1:a");
    const [api, ws, worker] = ["api", "ws", "worker"].map((name) => environmentOf(text, name));
    expect(api?.environment).toMatchObject({
      RATE_LIMIT_USER: "100",
      RATE_LIMIT_ADDRESS: "600",
      STRIPE_WEBHOOK_SECRET_FILE: "/run/backline/stripe-webhook-secret",
    });
    expect(api?.environment).not.toHaveProperty("SMTP_HOST");
    expect(worker?.environment).toMatchObject({ SMTP_HOST: "smtp.example.com", SMTP_PORT: "587" });
    expect([api?.files, ws?.files, worker?.files]).toEqual([
      ["postgres-password", "redis-password", "jwt-secret", "stripe-webhook-secret"],
      ["postgres-password", "redis-password", "jwt-secret"],
      ["postgres-password", "redis-password"],
    ]);
  });

  it("replaces the replicas of the services that have a changed secret, and no other", () => {
    const names = (webhookSecret: string): Record<string, string | undefined> => {
      const result = resolution({ ...local, secrets, stripe: { webhookSecret } });
      if (!result.ok) throw new Error(result.errors.map(formatProblem).join());
      const { services } = planPlatform(result.settings, releaseOf(result.settings));
      return Object.fromEntries(services.map(({ name, replicas }) => [name, replicas[0]?.name]));
    };
    const [before, after] = [names("whsec_0123456789"), names("whsec_9876543210")];
    expect(Object.keys(before).filter((name) => before[name] !== after[name])).toEqual(["api"]);
  });
});
