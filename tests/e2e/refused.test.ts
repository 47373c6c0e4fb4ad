import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { backline, forget, inShellOf, remains, stackFile } from "../support/backline";

const stack = "e2e-refused";

const mistakes = `config:
  backline:domain: http://audifi_.localhost
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
  backline:postgres:
    memory: 64Gi
`;

const messages = [
  `Pulumi.${stack}.yaml: domain: "http://audifi_.localhost" has a scheme; write the name alone: "audifi_.localhost"`,
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
        for (const message of messages) expect(`${stdout}\n${stderr}`).toContain(message);
        expect(`${stdout}\n${stderr}`).not.toContain("    at ");
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
