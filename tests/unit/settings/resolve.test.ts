import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../components/shared/errors";
import { resolve } from "../../../stacks/settings";
import { secretNames } from "../../../stacks/settings/schema";

const secrets = Object.fromEntries(
  secretNames.map((name) => [name, `${name}-0123456789abcdef-0123456789abcdef`]),
);
const local = {
  domain: "audifi.localhost",
  proxy: { httpPort: 8080, httpsPort: 8443, certificates: "internal" },
};

function resolution(
  values: Record<string, unknown>,
  missingSecrets: "error" | "warn" = "error",
  stack = "dev",
) {
  return resolve({ stack, file: `Pulumi.${stack}.yaml`, values, plainSecrets: [] }, { missingSecrets });
}

function errors(values: Record<string, unknown>, stack = "dev"): string[] {
  const result = resolution({ ...local, secrets, ...values }, "error", stack);
  return result.ok ? [] : result.errors.map(formatProblem);
}

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
    ]);
    expect([postgres.memory, postgres.cpu, redis.memory, redis.cpu, proxy.memory, proxy.cpu]).toEqual([
      4096, 1, 512, 0.25, 256, 0.25,
    ]);
    expect([host.memory, host.cpus, host.reserve]).toEqual([16_384, 4, { memory: 2048, cpu: 0.25 }]);
  });

  it("uses what the stack says in the place of the system's defaults", () => {
    const { services, sites } = settings({
      sites: { api: "staging-api.audifi.localhost" },
      services: { api: { replicas: 3, memory: "512Mi", cpu: 0.25, drain: "1m" } },
    });
    expect(services[0]).toMatchObject({ replicas: 3, memory: 512, cpu: 0.25, drain: 60, stopGrace: 65 });
    expect(sites.map(({ hostname }) => hostname)).toEqual([
      "staging-api.audifi.localhost",
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
      "Pulumi.dev.yaml: host.memory: the limits add up to 73.6Gi (services.api 2Gi, services.ws 2Gi, services.worker 1Gi, postgres 64Gi, redis 512Mi, proxy 256Mi, monitoring 1.8Gi, reserve 2Gi) and a rollout of services.api needs 2Gi more, but the host has 16Gi; lower a limit or raise host.memory",
    ]);
  });

  it.each([
    [
      "an unknown key below a group",
      { services: { api: { memroy: "1Gi" } } },
      'services.api.memroy: unknown key; did you mean "memory"?',
    ],
    [
      "a key that is near nothing",
      { redis: { zzzzzzzz: 1 } },
      "redis.zzzzzzzz: unknown key; known are memory, cpu, evictionPolicy",
    ],
    [
      "a bare number of memory",
      { redis: { memory: 2 } },
      'redis.memory: 2 has no unit; write "2Gi" or "2048Mi"',
    ],
    [
      "a wrong unit of memory",
      { redis: { memory: "512MB" } },
      'redis.memory: "512MB" is not an amount of memory; write "512Mi" or "2Gi"',
    ],
    [
      "a duration without a unit",
      { services: { api: { drain: "20" } } },
      'services.api.drain: "20" has no unit; write "20s" or "20m"',
    ],
    [
      "CPU as text",
      { services: { api: { cpu: "500m" } } },
      'services.api.cpu: "500m" is not a number of cores; write 0.5 for half a core',
    ],
    [
      "a negative CPU",
      { services: { api: { cpu: -1 } } },
      "services.api.cpu: -1 cores cannot be given; write a number from 0.1 to 512",
    ],
    [
      "negative replicas",
      { services: { api: { replicas: -1 } } },
      "services.api.replicas: -1 is out of range; write a whole number from 1 to 32",
    ],
    [
      "a port out of range",
      { host: { port: 70_000 } },
      "host.port: 70000 is not a port; write a whole number from 1 to 65535",
    ],
    [
      "text in the place of a switch",
      { monitoring: { enabled: "yes" } },
      'monitoring.enabled: "yes" is not a boolean; write true or false without quotes',
    ],
    [
      "text in the place of a group",
      { redis: "big" },
      'redis: "big" is not a group of keys; write its keys below it, indented',
    ],
    [
      "a choice that does not exist",
      { services: { api: { update: "blue-green" } } },
      'services.api.update: "blue-green" is not a choice; write "start-first" or "stop-first"',
    ],
    [
      "an underscore in a domain",
      { domain: "my_app.localhost" },
      'domain: "my_app.localhost" has an underscore, which host names cannot have; write "-" instead',
    ],
    [
      "a long label",
      { domain: `${"a".repeat(64)}.localhost` },
      `domain: "${"a".repeat(64)}.localhost" has a label of 64 characters; a label has at most 63`,
    ],
    [
      "a domain of one label",
      { domain: "localhost" },
      'domain: "localhost" has a single label; write a full name such as "localhost.com"',
    ],
    [
      "a host name used twice",
      { sites: { api: "x.audifi.localhost", studio: "x.audifi.localhost" } },
      'sites.studio: "x.audifi.localhost" is already the host name of the site api; give each site its own',
    ],
    [
      "an unknown site",
      { sites: { apii: "x.audifi.localhost" } },
      'sites.apii: the system has no such site; did you mean "api"?',
    ],
    [
      "an unknown system",
      { system: "audify" },
      'system: there is no system "audify"; did you mean "audifi"?',
    ],
    [
      "public certificates for a local name",
      { proxy: { httpPort: 1, httpsPort: 2, certificates: "acme" } },
      'proxy.certificates: "acme" cannot sign "api.audifi.localhost", which is no public name; write "internal" or set a public domain',
    ],
    [
      "a stop that is shorter than the drain",
      { services: { api: { drain: "20s", stopGrace: "10s" } } },
      'services.api.stopGrace: "10s" ends the process before its drain of 20 s is over; write "25s" or more, or shorten services.api.drain',
    ],
    [
      "pools over max_connections",
      { services: { api: { poolSize: 50 } } },
      "postgres.maxConnections: 100 is less than the 240 connections that a rollout can open (api 2 x 50, ws 2 x 4, worker 1 x 8, old and new replicas together, and 8 others); raise it or lower a service's poolSize",
    ],
    [
      "the SSH server's port",
      {
        host: { address: "203.0.113.1" },
        proxy: { httpPort: 22, httpsPort: 8443, certificates: "internal" },
      },
      "proxy.httpPort: 22 is the port of the host's SSH server (host.port); write another port",
    ],
    [
      "an address that is none",
      { host: { address: "203.0.113.999" } },
      'host.address: "203.0.113.999" is not an IPv4 address; each part is at most 255',
    ],
    [
      "a registry with a scheme",
      { images: { registry: "https://mirror.example.com" } },
      'images.registry: "https://mirror.example.com" is not a registry prefix; write "mirror.example.com" or "mirror.example.com:5000/path", without a scheme or a final "/"',
    ],
    [
      "a relative directory",
      { host: { directory: "var/lib" } },
      'host.directory: "var/lib" is not an absolute path; write one such as "/var/lib/backline"',
    ],
    [
      "a directory that goes up",
      { host: { directory: "/var/../etc" } },
      'host.directory: "/var/../etc" goes up with ".."; write a plain absolute path',
    ],
    [
      "a malformed alert URL",
      { monitoring: { alertWebhook: "hooks.example.com" } },
      'monitoring.alertWebhook: "hooks.example.com" is not an url; write "https://example.com/path"',
    ],
    [
      "an empty secret",
      { secrets: { ...secrets, jwtSecret: "" } },
      "secrets.jwtSecret: is empty; remove it and ./backline init dev generates it",
    ],
    [
      "a placeholder secret",
      { secrets: { ...secrets, jwtSecret: "changeme" } },
      "secrets.jwtSecret: is a placeholder; remove it and ./backline init dev generates it",
    ],
    [
      "a short secret",
      { secrets: { ...secrets, jwtSecret: "abc123" } },
      "secrets.jwtSecret: is shorter than 32 characters; remove it and ./backline init dev generates it",
    ],
    [
      "a secret that is a number",
      { secrets: { ...secrets, jwtSecret: 1234 } },
      "secrets.jwtSecret: its value is not text; write it in quotes",
    ],
  ])("refuses %s", (_name, values, message) => {
    expect(errors(values)).toEqual([`Pulumi.dev.yaml: ${message}`]);
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
        plainSecrets: ["jwtSecret"],
      },
      { missingSecrets: "error" },
    );
    expect(result.ok ? [] : result.errors.map(formatProblem)).toEqual([
      "Pulumi.dev.yaml: secrets.jwtSecret: stands there as plain text; remove it and run: pulumi config set --secret --path 'backline:secrets.jwtSecret'",
    ]);
  });

  it("allows the largest service to roll, and warns when a release of all would take more than the host has", () => {
    const result = resolution({ ...local, secrets });
    expect(result.warnings.map(formatProblem)).toEqual([
      "Pulumi.dev.yaml: host.memory: a release that rolls api, ws, worker at once may use up to 18.6Gi for its length, the host has 16Gi",
      "Pulumi.dev.yaml: host.cpus: the CPU limits add up to 4.9, the host has 4; when everything is busy at once, each gets less",
    ]);
  });
});
