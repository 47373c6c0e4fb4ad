import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { backline, forget, inShellOf, remains, stackFile } from "../support/backline";

const stack = "e2e-refused";

const mistakes = `config:
  backline:domain: http://audifi_.localhost
  backline:host:
    timeZone: Mars/Olympus
    directory: /srv/$(id)
  backline:redis:
    evictionPolicy: allkeys-lru
  backline:monitoring:
    alertWebhook: hooks.example.com
  backline:proxy:
    httpPort: 18443
    httpsPort: 18443
    certificates: internal
  backline:images:
    override:
      caddy: caddy
  backline:services:
    api:
      memory: "2"
      replica: 3
    wroker:
      replicas: 0
  backline:postgres:
    memory: 64Gi
`;

const messages = [
  `Pulumi.${stack}.yaml: host.timeZone: "Mars/Olympus" is not a time zone; write one such as "Etc/UTC" or "Europe/Berlin"`,
  `Pulumi.${stack}.yaml: host.directory: "/srv/$(id)" is not an absolute path of letters, digits, ".", "_" and "-"; write one such as "/var/lib/backline"`,
  `Pulumi.${stack}.yaml: services.wroker.replicas: 0 is out of range; write a whole number from 1 to 32`,
  `Pulumi.${stack}.yaml: services.wroker: the system has no such service; did you mean "worker"?`,
  `Pulumi.${stack}.yaml: redis.evictionPolicy: "allkeys-lru" would drop jobs of the queue that api uses; write "noeviction"`,
  `Pulumi.${stack}.yaml: monitoring.alertWebhook: "hooks.example.com" is not an http or https URL; write one such as "https://alerts.example.com/path"`,
  `Pulumi.${stack}.yaml: domain: "http://audifi_.localhost" has a scheme; write the name alone`,
  `Pulumi.${stack}.yaml: images.override.caddy: "caddy" has no version; write "caddy:<version>" or a digest`,
  `Pulumi.${stack}.yaml: services.api.memory: "2" has no unit; write "2Gi" or "2048Mi"`,
  `Pulumi.${stack}.yaml: services.api.replica: unknown key; did you mean "replicas"?`,
  `Pulumi.${stack}.yaml: proxy.httpsPort: 18443 is already proxy.httpPort; write another port`,
  `Pulumi.${stack}.yaml: host.memory: the limits add up to 73.7Gi`,
];

describe("a stack with mistakes", () => {
  beforeAll(async () => {
    forget(stack);
    writeFileSync(
      stackFile(stack),
      "config:\n  backline:proxy: { httpPort: 18080, httpsPort: 18443, certificates: internal }\n",
    );
    expect(await backline("init", stack)).toMatchObject({ exitCode: 0 });
  });
  afterAll(() => forget(stack));

  it.each([["check"], ["preview"], ["preview", "--format", "markdown"], ["up", "--yes"]])(
    "is refused by %s with every mistake in one list, exit code 2 and nothing registered",
    async (command, ...options) => {
      const undo = withMistakes();
      try {
        const { exitCode, stdout, stderr } = await backline(command, stack, ...options);
        expect(exitCode).toBe(2);
        const output = `${stdout}\n${stderr}`;
        for (const message of messages) expect(output).toContain(message);
        const lines = output.split("\n").filter((line) => line.startsWith(`Pulumi.${stack}.yaml: `));
        // A comment on a pull request says them too, beside standard error.
        expect(new Set(lines).size).toBe(12);
        expect(output).not.toContain("    at ");
        expect(await remains(stack)).toEqual({ containers: [], networks: [], images: [], volumes: [] });
      } finally {
        undo();
      }
    },
  );

  it("is refused by plain pulumi with the same list", async () => {
    const undo = withMistakes();
    try {
      const { exitCode, stdout, stderr } = await inShellOf(stack, "pulumi preview");
      expect(exitCode).not.toBe(0);
      for (const message of messages) expect(`${stdout}\n${stderr}`).toContain(message);
    } finally {
      undo();
    }
  });
});

/** Puts the mistakes in the place of what is right, beside the stack's secrets; answers how to undo that. */
function withMistakes(): () => void {
  const before = readFileSync(stackFile(stack), "utf8");
  const right = parse(before);
  const secrets = right.config["backline:secrets"];
  writeFileSync(
    stackFile(stack),
    stringify({ ...right, config: { ...parse(mistakes).config, "backline:secrets": secrets } }),
  );
  return () => writeFileSync(stackFile(stack), before);
}
