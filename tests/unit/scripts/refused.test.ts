import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { InputError } from "../../../components/shared/errors";
import { check } from "../../../scripts/operations/check";
import { preview } from "../../../scripts/operations/preview";
import { projectPaths } from "../../../scripts/operations/project";
import { up } from "../../../scripts/operations/up";
import { secretNames } from "../../../stacks/settings";
import { captureOutput, type FakePrograms, fakePrograms } from "../../support/fake-programs";
import type { fakeSession } from "../../support/released-stack";

// The engine is the test's own program, so that a call of it is seen.
vi.mock("../../../scripts/operations/session", async () => {
  const { fakeSession: session } = await import("../../support/released-stack");
  const make = (of: Parameters<typeof fakeSession>[0]) => session(of);
  return { sessionFor: make, openSession: async (of: Parameters<typeof fakeSession>[0]) => make(of) };
});

/** A file with a dozen mistakes. */
const text = [
  "encryptionsalt: v1:salt",
  "config:",
  "  backline:domain: https://audifi.io",
  "  backline:host: { timeZone: Mars/Olympus }",
  "  backline:proxy: { httpPort: 8443, httpsPort: 8443, certificates: internal }",
  "  backline:images: { override: { postgres: postgres, redis: 'redis:latest' } }",
  "  backline:services:",
  "    api: { memory: '2', replica: 3 }",
  "    ws: { replicas: 0 }",
  "    wroker: { replicas: 1 }",
  "  backline:postgres: { memory: 64Gi }",
  "  backline:redis: { evictionPolicy: allkeys-lru }",
  "  backline:monitoring: { alertWebhook: hooks.example.com }",
  "  backline:secrets:",
  ...secretNames.map((name) => `    ${name}: { secure: v1:x }`),
  "",
].join("\n");

const mistakes: readonly (readonly [code: string, line: string])[] = [
  ["domain", 'domain: "https://audifi.io" has a scheme; write the name alone: "audifi.io"'],
  [
    "time-zone",
    'host.timeZone: "Mars/Olympus" is not a time zone; write one such as "Etc/UTC" or "Europe/Berlin"',
  ],
  ["duplicate-port", "proxy.httpsPort: 8443 is already proxy.httpPort; write another port"],
  [
    "image-version",
    'images.override.postgres: "postgres" has no version; write "postgres:<version>" or a digest',
  ],
  [
    "image-version",
    'images.override.redis: "redis:latest" says latest, which changes by itself; write a version or a digest',
  ],
  ["unit", 'services.api.memory: "2" has no unit; write "2Gi" or "2048Mi"'],
  ["unknown-key", 'services.api.replica: unknown key; did you mean "replicas"?'],
  ["count", "services.ws.replicas: 0 is out of range; write a whole number from 1 to 32"],
  ["unknown-service", 'services.wroker: the system has no such service; did you mean "worker"?'],
  [
    "eviction",
    'redis.evictionPolicy: "allkeys-lru" would drop jobs of the queue that api uses; write "noeviction"',
  ],
  [
    "format",
    'monitoring.alertWebhook: "hooks.example.com" is not an http or https URL; write one such as "https://alerts.example.com/path"',
  ],
  [
    "memory-budget",
    "host.memory: the limits add up to 73.7Gi (services.api 2Gi, services.ws 2Gi, services.worker 1Gi, services.web 128Mi, postgres 64Gi, redis 512Mi, proxy 256Mi, monitoring 1.8Gi, reserve 2Gi) and a rollout of services.api needs 2Gi more, but the host has 16Gi; lower a limit or raise host.memory",
  ],
];
const lines = mistakes.map(([, line]) => `Pulumi.qa.yaml: ${line}`).sort();

describe("a stack with a dozen mistakes", () => {
  let root: string;
  let programs: FakePrograms;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "backline-refused-"));
    programs = fakePrograms();
    // Each would be seen, and would end the command in another way.
    for (const program of ["pulumi", "docker", "ssh", "go"]) programs.add(program, "exit 9");
    vi.stubEnv("PULUMI_BACKEND_URL", undefined);
    const { passphrase, stackState } = projectPaths(root);
    for (const [path, content] of [
      [join(root, "Pulumi.qa.yaml"), text],
      [passphrase("qa"), "secret"],
      [stackState("qa"), '{"checkpoint":{"latest":{"resources":[{"id":"1"}]}}}'],
    ] as const) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  });
  afterEach(() => {
    vi.restoreAllMocks();
    programs.remove();
    rmSync(root, { recursive: true, force: true });
  });

  const options = { stack: "qa", yes: true } as const;
  const refusals: readonly (readonly [name: string, run: () => Promise<unknown>])[] = [
    ["check", async () => check("qa", false, root)],
    ["preview", () => preview({ root, stack: "qa", format: "text" })],
    ["preview --json", () => preview({ root, stack: "qa", format: "json" })],
    ["up", () => up({ ...options, root, release: "held" })],
    ["deploy", () => up({ ...options, root, release: "sources" })],
  ];

  it.each(refusals)(
    "is refused by %s with a dozen lines, before any program is started",
    async (_name, run) => {
      captureOutput();
      const error: unknown = await run().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(InputError);
      expect(String(Object(error).message).split("\n").sort()).toEqual(lines);
      for (const program of ["pulumi", "docker", "ssh", "go"]) expect(programs.calls(program)).toEqual([]);
    },
  );

  it("is told as JSON with the code of each", () => {
    const output = captureOutput();
    expect(() => check("qa", true, root)).toThrow(InputError);
    const { ok, errors } = JSON.parse(output.text().stdout);
    expect(ok).toBe(false);
    expect(errors.map(({ code }: { code: string }) => code).sort()).toEqual(
      mistakes.map(([code]) => code).sort(),
    );
  });
});
