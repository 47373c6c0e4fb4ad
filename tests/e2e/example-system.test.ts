import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  backline,
  containersOf,
  docker,
  edit,
  filesBelow,
  forget,
  inShellOf,
  remains,
} from "../support/backline";
import { Client, eventually } from "../support/client";
import { secretsIn, secretsOf } from "../support/secrets";

/** An environment of the system that docs/own-systems.md describes, on ports of its own. */
const stack = "e2e-example";
const url = "https://hello.example.localhost:18543/any/path";

interface Outputs {
  readonly caCertificate: string;
  readonly urls: Record<string, string>;
  readonly containers: { readonly name: string; readonly service: string }[];
}

async function outputs(): Promise<Outputs> {
  const { stdout } = await backline("outputs", stack, "--json");
  return JSON.parse(stdout);
}

/** The container of a service, by a part of its name. */
async function containerOf(service: string): Promise<string> {
  const found = (await containersOf(stack)).find(({ name }) => name.startsWith(`${stack}-${service}-`));
  return found?.id ?? "";
}

async function clean(): Promise<void> {
  await backline("destroy", stack, "--yes", "--delete-data");
  forget(stack);
}

describe("a stack of services from images", () => {
  beforeAll(async () => {
    await clean();
    const init = await backline("init", stack, "--system", "example");
    expect(init, init.stderr).toMatchObject({ exitCode: 0 });
    edit(stack, "httpPort: 8080", "httpPort: 18180");
    edit(stack, "httpsPort: 8443", "httpsPort: 18543");
    const up = await backline("up", stack, "--yes");
    expect(up, `${up.stdout}\n${up.stderr}`).toMatchObject({ exitCode: 0 });
  });
  afterAll(clean);

  it("runs the containers of the system and no others", async () => {
    const { containers, urls } = await outputs();
    expect(urls).toEqual({ hello: "https://hello.example.localhost:18543" });
    expect(containers.map(({ service }) => service).sort()).toEqual([
      ...["alertmanager", "counter", "hello", "hello", "node-exporter"],
      ...["prometheus", "proxy", "redis", "redis-exporter"],
    ]);
    expect((await containersOf(stack)).map(({ name }) => name)).toEqual(
      containers.map(({ name }) => name).sort(),
    );
  });

  it("answers through the proxy with what the service says", async () => {
    const client = new Client((await outputs()).caCertificate);
    expect(await client.request(url)).toMatchObject({
      status: 200,
      headers: { "x-content-type-options": "nosniff" },
      body: "Hello from an image of your own",
    });
  });

  it("has every container healthy, and the worker counting in Redis with the password of its file", async () => {
    for (const { id, name } of await containersOf(stack))
      await eventually(
        `${name} to be healthy`,
        async () =>
          (await docker("inspect", "--format", "{{.State.Health.Status}}", id)) === "healthy"
            ? true
            : undefined,
        60,
      );
    const ask = 'REDISCLI_AUTH=$(cat "$REDIS_PASSWORD_FILE") redis-cli -h "$REDIS_HOST" get rounds';
    const read = async () => Number(await docker("exec", await containerOf("counter"), "sh", "-c", ask));
    const before = await read();
    expect(before).toBeGreaterThan(0);
    const after = await eventually("another round", async () => {
      const now = await read();
      return now > before ? now : undefined;
    });
    expect(after).toBeGreaterThan(before);
  });

  it("shows its secrets to nobody", async () => {
    const secrets = await secretsOf(stack);
    expect(Object.keys(secrets).sort()).toEqual(["grafanaPassword", "nameKey", "redisPassword"]);
    const inspected = await Promise.all((await containersOf(stack)).map(({ id }) => docker("inspect", id)));
    expect(secretsIn(inspected.join("\n"), secrets)).toEqual([]);
    for (const { path, text } of filesBelow(".backline/state"))
      expect([path, secretsIn(text, secrets)]).toEqual([path, []]);
    const own = await docker("exec", await containerOf("counter"), "cat", "/run/backline/redis-password");
    expect(secretsIn(own, secrets)).toEqual(["redisPassword"]);
  });

  it("is not changed by a second up, nor by plain pulumi", async () => {
    const before = await containersOf(stack);
    const up = await backline("up", stack, "--yes");
    expect(up.exitCode, up.stderr).toBe(0);
    expect(`${up.stdout}${up.stderr}`).toMatch(/\d+ unchanged/);
    expect(`${up.stdout}${up.stderr}`).not.toMatch(/\d+ (created|updated|replaced|deleted)/);
    const preview = await inShellOf(stack, "pulumi preview --expect-no-changes");
    expect(preview, preview.stdout + preview.stderr).toMatchObject({ exitCode: 0 });
    expect(await containersOf(stack)).toEqual(before);
  });

  it("previews, after a changed variable, the replica of that service and nothing else", async () => {
    const services =
      "config:\n  backline:services:\n    counter:\n      environment:\n        COUNTER: laps\n";
    const undo = edit(stack, "config:\n", services);
    try {
      const { exitCode, stdout, stderr } = await backline("preview", stack, "--json");
      expect(exitCode, stderr).toBe(0);
      const { resources }: { resources: { operation: string; name: string }[] } = JSON.parse(stdout);
      const changed = resources.filter(({ operation }) => operation !== "same").map(({ name }) => name);
      expect([...new Set(changed)].sort()).toEqual(["counter-0", "counter-0-gate", "counter-0-name"]);
    } finally {
      undo();
    }
  });

  it("leaves nothing when it is destroyed with its data", async () => {
    const destroyed = await backline("destroy", stack, "--yes", "--delete-data");
    expect(destroyed, destroyed.stderr).toMatchObject({ exitCode: 0 });
    expect(await remains(stack)).toEqual({ containers: [], networks: [], images: [], volumes: [] });
  });
});
