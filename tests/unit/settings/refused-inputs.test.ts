import { describe, expect, it } from "vitest";
import { errors, secrets } from "../../support/resolution";

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT";

describe("resolve", () => {
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
      "more cores than the host has",
      { services: { api: { cpu: 5 } } },
      "services.api.cpu: 5 is more than the 4 cores of the host; lower it or raise host.cpus",
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
    ["a key without a value", { domain: null }, "domain: has no value; write text, or remove the key"],
    [
      "a group without its keys",
      { redis: null },
      "redis: has no value; write a group of keys, or remove the key",
    ],
    [
      "a choice without a value",
      { services: { api: { update: null } } },
      'services.api.update: has no value; write "start-first" or "stop-first", or remove the key',
    ],
    ["no number in the place of text", { domain: Number.NaN }, "domain: NaN is not text; write it in quotes"],
    [
      "a name as long as a file",
      { domain: "x".repeat(5_000) },
      `domain: "${"x".repeat(200)}..." has a label of 5000 characters; a label has at most 63`,
    ],
    [
      "a repository without its name",
      { vercel: { projects: { studio: { gitRepository: { type: "github" } } } } },
      "vercel.projects.studio.gitRepository.repo: is missing; write text",
    ],
    [
      "a repository without its keeper",
      { vercel: { projects: { studio: { gitRepository: { repo: "o/n" } } } } },
      'vercel.projects.studio.gitRepository.type: is missing; write "github" or "gitlab" or "bitbucket"',
    ],
    [
      "a drain that no timer can count",
      { services: { api: { drain: "30d" } } },
      'services.api.drain: "2592000s" is longer than 12 hours; write "12h" or less',
    ],
    [
      "a time for a start that is longer than a day",
      { services: { api: { startTimeout: "25h" } } },
      'services.api.startTimeout: "90000s" is longer than 24 hours; write "24h" or less',
    ],
    [
      "a time that nothing can count",
      { monitoring: { retention: "99999999d" } },
      'monitoring.retention: "99999999d" is longer than 100 years; write "36500d" or less',
    ],
    [
      "a system's name of two lines",
      { system: "a\nb" },
      'system: there is no system "a\\nb"; known are audifi, example',
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
      "a scheme before a name that is none",
      { domain: "http://x_y" },
      'domain: "http://x_y" has a scheme; write the name alone',
    ],
    [
      "capital letters in a domain",
      { domain: "App.localhost" },
      'domain: "App.localhost" has capital letters; write "app.localhost"',
    ],
    [
      "capital letters in a name that is none",
      { domain: "LOCALHOST" },
      'domain: "LOCALHOST" has capital letters; write it in small ones',
    ],
    [
      "a domain with a final dot",
      { domain: "app.localhost." },
      'domain: "app.localhost." ends with a dot; write "app.localhost"',
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
      { sites: { api: { hostname: "x.audifi.localhost" }, studio: { hostname: "x.audifi.localhost" } } },
      'sites.studio.hostname: "x.audifi.localhost" is already the host name of the site api; give each site its own',
    ],
    [
      "an unknown site",
      { sites: { apii: { hostname: "x.audifi.localhost" } } },
      'sites.apii: the system has no such site; did you mean "api"?',
    ],
    [
      "an unknown system",
      { system: "audify" },
      'system: there is no system "audify"; did you mean "audifi"? known are audifi, example',
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
        host: { address: "203.0.113.1", hostKey: publicKey, publicKeys: [publicKey] },
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
      'host.directory: "var/lib" is not an absolute path of letters, digits, ".", "_" and "-"; write one such as "/var/lib/backline"',
    ],
    [
      "a directory that goes up",
      { host: { directory: "/var/../etc" } },
      'host.directory: "/var/../etc" goes up with ".."; write a plain absolute path',
    ],
    [
      "a malformed alert URL",
      { monitoring: { alertWebhook: "hooks.example.com" } },
      'monitoring.alertWebhook: "hooks.example.com" is not an http or https URL; write one such as "https://alerts.example.com/path"',
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
});
