import { describe, expect, it } from "vitest";
import { backline } from "../support/backline";

describe.each(["staging", "production"])("%s", (stack) => {
  it("is valid as it stands", async () => {
    expect(await backline("check", stack)).toMatchObject({ exitCode: 0 });
  });

  it("is previewed without a secret, a host or an account", async () => {
    const { exitCode, stdout, stderr } = await backline("preview", stack, "--json");
    expect(exitCode, stderr).toBe(0);
    const { steps }: { steps: { op: string; urn: string }[] } = JSON.parse(stdout);
    const created = steps.filter(({ op }) => op === "create").map(({ urn }) => urn.split("::").at(-1));
    expect(created).toEqual(
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
      ]),
    );
    expect(steps.every(({ op }) => op === "create")).toBe(true);
  });
});
