import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../components/shared/errors";
import { resolve } from "../../../stacks/settings";
import { errors, local, resolution, secrets } from "../../support/resolution";

function settings(values: Record<string, unknown> = {}) {
  const result = resolution({ ...local, secrets, ...values });
  if (!result.ok) throw new Error(result.errors.map(formatProblem).join("\n"));
  return result.settings;
}

describe("resolve", () => {
  it("completes AudiFi with the figures of its requirements", () => {
    const { services, postgres, redis, proxy, host } = settings();
    expect(
      services.map(({ name, replicas, memory, cpu, ports }) => [
        name,
        replicas,
        memory * replicas,
        cpu * replicas,
        ports.traffic,
      ]),
    ).toEqual([
      ["api", 2, 2048, 1, 3000],
      ["ws", 2, 2048, 0.75, 3001],
      ["worker", 1, 1024, 0.5, 3002],
      ["web", 2, 128, 0.2, 3003],
    ]);
    expect([postgres?.memory, postgres?.cpu, redis?.memory, redis?.cpu, proxy.memory, proxy.cpu]).toEqual([
      4096, 1, 512, 0.25, 256, 0.25,
    ]);
    expect([host.memory, host.cpus, host.reserve]).toEqual([16_384, 4, { memory: 2048, cpu: 0.25 }]);
  });

  it("uses what the stack says in the place of the system's defaults", () => {
    const { services, sites } = settings({
      sites: { api: { hostname: "staging-api.audifi.localhost" } },
      services: { api: { replicas: 3, memory: "512Mi", cpu: 0.25, drain: "1m" } },
    });
    expect(services[0]).toMatchObject({ replicas: 3, memory: 512, cpu: 0.25, drain: 60, stopGrace: 65 });
    expect(sites.map(({ hostname }) => hostname)).toEqual([
      "staging-api.audifi.localhost",
      "audifi.localhost",
      "app.audifi.localhost",
      "studio.audifi.localhost",
    ]);
  });

  it("freezes settings to their depths", () => {
    const { services } = settings();
    expect(Object.isFrozen(services) && Object.isFrozen(services[0]?.ports)).toBe(true);
  });

  it("never shows a secret", () => {
    const { secrets: resolved } = settings();
    expect(JSON.stringify(resolved)).not.toContain("0123456789abcdef");
    expect(`${resolved.jwtSecret}`).toBe("[secret]");
    expect(resolved.jwtSecret.reveal()).toBe("jwtSecret-0123456789abcdef-0123456789abcdef");
  });

  it("reports every mistake at once, each with key, value, rule and mend", () => {
    const found = errors({
      systm: "audifi",
      domain: "https://audifi.io",
      proxy: { httpPort: 8443, httpsPort: 8443, certificates: "internal" },
      images: { override: { postgres: "postgres", redis: "redis:latest" } },
      services: { api: { memory: "2" }, wroker: { replicas: 1 }, ws: { replicas: 0 } },
      redis: { evictionPolicy: "allkeys-lru" },
      postgres: { memory: "64Gi" },
    });
    expect(found).toEqual([
      'Pulumi.dev.yaml: domain: "https://audifi.io" has a scheme; write the name alone: "audifi.io"',
      'Pulumi.dev.yaml: images.override.postgres: "postgres" has no version; write "postgres:<version>" or a digest',
      'Pulumi.dev.yaml: images.override.redis: "redis:latest" says latest, which changes by itself; write a version or a digest',
      'Pulumi.dev.yaml: services.api.memory: "2" has no unit; write "2Gi" or "2048Mi"',
      "Pulumi.dev.yaml: services.ws.replicas: 0 is out of range; write a whole number from 1 to 32",
      'Pulumi.dev.yaml: systm: unknown key; did you mean "system"?',
      'Pulumi.dev.yaml: services.wroker: the system has no such service; did you mean "worker"?',
      "Pulumi.dev.yaml: proxy.httpsPort: 8443 is already proxy.httpPort; write another port",
      'Pulumi.dev.yaml: redis.evictionPolicy: "allkeys-lru" would drop jobs of the queue that api uses; write "noeviction"',
      "Pulumi.dev.yaml: host.memory: the limits add up to 73.7Gi (services.api 2Gi, services.ws 2Gi, services.worker 1Gi, services.web 128Mi, postgres 64Gi, redis 512Mi, proxy 256Mi, monitoring 1.8Gi, reserve 2Gi) and a rollout of services.api needs 2Gi more, but the host has 16Gi; lower a limit or raise host.memory",
    ]);
  });

  it("refuses a stack name that Docker could not use", () => {
    expect(errors({}, "Prod_1")).toEqual([
      `Pulumi.Prod_1.yaml: the stack's name "Prod_1" cannot be used in container names; write 2 to 20 lower-case letters, digits and hyphens, beginning with a letter`,
    ]);
  });

  it("refuses a missing secret before a deploy and warns of it before a preview", () => {
    const { jwtSecret: _, ...others } = secrets;
    const message = "Pulumi.dev.yaml: secrets.jwtSecret: is missing; ./backline init dev generates it";
    const deploy = resolution({ ...local, secrets: others });
    expect(deploy.ok ? [] : deploy.errors.map(formatProblem)).toEqual([message]);
    const preview = resolution({ ...local, secrets: others }, "warn");
    expect(preview.ok).toBe(true);
    expect(preview.warnings.map(formatProblem)).toContain(
      "Pulumi.dev.yaml: secrets: jwtSecret: not there yet; ./backline init dev generates what is missing",
    );
  });

  it("refuses a secret that stands in the file as plain text, without echoing it", () => {
    const result = resolve(
      {
        stack: "dev",
        file: "Pulumi.dev.yaml",
        values: { ...local, secrets: { ...secrets, jwtSecret: "hunter2" } },
        plainSecrets: ["secrets.jwtSecret"],
      },
      { missing: "error" },
    );
    expect(result.ok ? [] : result.errors.map(formatProblem)).toEqual([
      "Pulumi.dev.yaml: secrets.jwtSecret: stands there as plain text; remove it and run: pulumi config set --secret --path 'backline:secrets.jwtSecret'",
    ]);
  });

  it("allows the largest service to roll, and warns when a release of all would take more than the host has", () => {
    const result = resolution({ ...local, secrets });
    expect(result.warnings.map(formatProblem)).toEqual([
      "Pulumi.dev.yaml: host.memory: a release that rolls api, ws, worker, web at once may use up to 18.8Gi for its length, the host has 16Gi",
      "Pulumi.dev.yaml: host.cpus: the CPU limits add up to 5.1, the host has 4; when everything is busy at once, each gets less",
    ]);
  });
});
