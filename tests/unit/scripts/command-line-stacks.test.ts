import { describe, expect, it } from "vitest";
import { run } from "../../support/command-line";

describe("the command line of a stack", () => {
  it("says in a comment of a preview that there is nothing to preview", async () => {
    const { code, stdout } = await run("preview", "nowhere", "--format", "markdown");
    expect(code).toBe(2);
    expect(stdout).toBe(
      "<!-- backline preview nowhere -->\n\n### `nowhere`: the configuration is refused\n\n```text\nPulumi.nowhere.yaml: there is no such file; ./backline init nowhere makes it\n```",
    );
  });

  it("draws a stack", async () => {
    const { code, stdout } = await run("diagram", "production");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^---\ntitle: "audifi, production"\n---\nflowchart LR\n/);
  });

  it("draws a stack as JSON", async () => {
    const { stdout } = await run("diagram", "production", "--json");
    expect(JSON.parse(stdout)).toEqual({
      stack: "production",
      deployed: false,
      mermaid: expect.stringMatching(/^---\ntitle: "audifi, production"\n/),
    });
  });

  it("refuses a stack's name that would leave the folder", async () => {
    expect(await run("check", "../../etc/passwd")).toEqual({
      code: 2,
      stdout: "",
      stderr:
        'the stack\'s name "../../etc/passwd" cannot be used in container names; write 2 to 20 lower-case letters, digits and hyphens, beginning with a letter',
    });
  });

  it("refuses a stack without a file", async () => {
    expect(await run("check", "nowhere")).toEqual({
      code: 2,
      stdout: "",
      stderr: "Pulumi.nowhere.yaml: there is no such file; ./backline init nowhere makes it",
    });
  });

  it("asks whether another stack was meant", async () => {
    expect((await run("check", "stagin")).stderr).toBe(
      "Pulumi.stagin.yaml: there is no such file; did you mean staging? ./backline init stagin makes it",
    );
  });

  it.each(["up", "destroy"])("refuses %s where it would ask and nobody can answer", async (command) => {
    expect(await run(command, "staging")).toEqual({
      code: 2,
      stdout: "",
      stderr: `${command} asks before it changes anything, and there is no terminal to ask on; give --yes to agree beforehand`,
    });
  });

  it("checks a stack and prints the result as JSON", async () => {
    const { code, stdout } = await run("check", "production", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ stack: "production", ok: true, errors: [] });
  });

  it("shows what a host will be given, and prints it as JSON", async () => {
    const text = await run("host", "plan", "staging");
    expect([text.code, ...text.stdout.split("\n").slice(0, 3)]).toEqual([
      0,
      "What the host of staging is given: 22 steps in 3 groups, for ubuntu-24.04, which nobody has tried end to end yet.",
      "A host takes the part for what it runs by itself; --distribution debian-12 shows the other one.",
      "Nothing was connected to or changed: ./backline up staging applies it.",
    ]);
    const { code, stdout } = await run("host", "plan", "staging", "--json", "--distribution", "debian-12");
    const plan = JSON.parse(stdout);
    expect([code, plan.distribution, plan.groups.map(({ name }: { name: string }) => name)]).toEqual([
      0,
      "debian-12",
      ["system", "docker", "access"],
    ]);
  });

  it("refuses a distribution that it does not know", async () => {
    const { code, stderr } = await run("host", "plan", "staging", "--distribution", "fedora-42");
    expect(code).toBe(2);
    expect(stderr).toContain("Allowed choices are debian-12, ubuntu-24.04.");
  });

  it("refuses to check a host whose key is not pinned", async () => {
    expect(await run("host", "check", "staging")).toEqual({
      code: 2,
      stdout: "",
      stderr: "Pulumi.staging.yaml: host.hostKey: is not set; run: ./backline host trust staging",
    });
  });

  it.each(["deploy", "rollback"])("refuses to %s where nobody can be asked", async (command) => {
    expect(await run(command, "staging")).toEqual({
      code: 2,
      stdout: "",
      stderr: `${command} asks before it changes anything, and there is no terminal to ask on; give --yes to agree beforehand`,
    });
  });
});
