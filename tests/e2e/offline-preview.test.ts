import { describe, expect, it } from "vitest";
import { backline, root } from "../support/backline";

interface Resource {
  readonly operation: string;
  readonly name: string;
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

describe.each(["staging", "production"])("%s", (stack) => {
  it("is valid as it stands", async () => {
    expect(await backline("check", stack)).toMatchObject({ exitCode: 0 });
  });

  it("is previewed without a secret, a host or an account, every resource with its inputs", async () => {
    const { exitCode, stdout, stderr } = await backline("preview", stack, "--json");
    expect(exitCode, stderr).toBe(0);
    const { summary, resources }: { summary: unknown; resources: Resource[] } = JSON.parse(stdout);
    expect(summary).toEqual({ create: resources.length });
    expect(resources.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "proxy",
        "api-0",
        "api-1",
        "ws-0",
        "ws-1",
        "worker-0",
        "postgres",
        "redis",
        "prometheus",
        "grafana",
        "web-project",
        "web-deployment",
      ]),
    );
    // Its pages are at Vercel, so the host runs nothing for them.
    expect(resources.filter(({ name }) => name.startsWith("web-0") || name === "image-web")).toEqual([]);
    // Components have none.
    const bare = resources.filter(({ inputs }) => Object.keys(inputs).length === 0);
    expect(bare.filter(({ type }) => !/^(backline|pulumi:pulumi):/.test(type))).toEqual([]);
    expect(resources.find(({ name }) => name === "api-files")?.inputs.stdin).toBe("[secret]");
    expect(stdout).not.toContain(root);
  });
});

describe("a preview without the stack's state", () => {
  it("is text with the inputs of every resource, or one line for each", async () => {
    const whole = await backline("preview", "staging");
    expect(whole.stdout).toMatch(/name +: "staging-redis-data"/);
    const short = await backline("preview", "staging", "--summary");
    expect(short.stdout).toContain("docker:index:Volume redis-data create");
    expect(short.stdout).not.toContain("staging-redis-data");
  });

  it("is the same comment each time", async () => {
    const comment = () => backline("preview", "staging", "--format", "markdown");
    const first = await comment();
    expect(first.exitCode, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/^<!-- backline preview staging -->\n\n### `staging`: \d+ to add\n/);
    expect(first.stdout).toContain('+ stdin: "[secret]"');
    expect(first.stdout.length).toBeLessThan(65_536);
    expect((await comment()).stdout).toBe(first.stdout);
  });
});
