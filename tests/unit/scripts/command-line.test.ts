import { join, resolve } from "node:path";
import type { Command } from "commander";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { makeProgram } from "../../../scripts/program";

const root = resolve(import.meta.dirname, "..", "..", "..");

/** Runs the command line as the launcher does. */
async function run(...args: string[]): Promise<{ code: number | undefined; stdout: string; stderr: string }> {
  const main = join(root, "scripts", "main.ts");
  const result = await execa(process.execPath, ["--import", "tsx", main, ...args], {
    cwd: root,
    reject: false,
    stdin: "ignore",
  });
  return { code: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

const commands = [
  "init",
  "check",
  "preview",
  "up",
  "deploy",
  "rollback",
  "releases",
  "status",
  "outputs",
  "logs",
  "jobs",
  "users",
  "secrets",
  "diagram",
  "drift",
  "refresh",
  "state",
  "destroy",
  "ephemeral",
  "env",
  "host",
  "doctor",
  "test",
];

describe("the command line", () => {
  it("lists its commands", async () => {
    const { code, stdout, stderr } = await run("--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) .*\S/gm)].map(([, name]) => name);
    expect(listed).toEqual([...commands, "help"]);
  });

  it("refuses a service's log with a number of lines that is none", async () => {
    const { code, stderr } = await run("logs", "dev", "--tail", "many");
    expect(code).toBe(2);
    expect(stderr).toContain('Write a number of lines or "all".');
  });

  it.each(commands)("explains %s with examples", (name) => {
    const command = makeProgram().commands.find((known) => known.name() === name);
    let help = "";
    command?.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command?.outputHelp();
    expect(help).toMatch(new RegExp(`^Usage: backline ${name} `));
    expect(help).toMatch(new RegExp(`\nExamples:\n {2}\\$ .*backline ${name}`));
  });

  it("offers what other programs wrote with every command that does something", () => {
    const doing = (command: Command): Command[] =>
      command.commands.length === 0 ? [command] : command.commands.flatMap(doing);
    const without = doing(makeProgram()).filter(
      ({ options }) => options.filter(({ long }) => long === "--verbose").length !== 1,
    );
    expect(without.map((command) => command.name())).toEqual([]);
  });

  it.each(["plan", "trust", "check", "apply"])("explains host %s with examples", async (name) => {
    const { code, stdout } = await run("host", name, "--help");
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: backline host ${name} [options] <stack>`);
    expect(stdout).toContain(`\nExamples:\n  $ ./backline host ${name} staging`);
  });

  it.each(["create", "list", "extend", "destroy", "reap"])(
    "explains ephemeral %s with examples",
    async (name) => {
      const { code, stdout } = await run("ephemeral", name, "--help");
      expect(code).toBe(0);
      expect(stdout).toContain(`Usage: backline ephemeral ${name} [options]`);
      expect(stdout).toContain(`\nExamples:\n  $ ./backline ephemeral ${name}`);
    },
  );

  it.each(["backup", "list", "restore"])("explains state %s with examples", async (name) => {
    const { code, stdout } = await run("state", name, "--help");
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: backline state ${name} [options] <stack>`);
    expect(stdout).toContain(`\nExamples:\n  $ ./backline state ${name}`);
  });

  it("refuses to restore a state where nobody can be asked", async () => {
    const { code, stderr } = await run("state", "restore", "staging");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^state restore asks before it changes anything, and there is no terminal/);
  });

  it("says what to use for a state that is kept elsewhere", async () => {
    const { exitCode, stderr } = await execa(
      process.execPath,
      ["--import", "tsx", join(root, "scripts", "main.ts"), "state", "list", "staging"],
      { cwd: root, reject: false, stdin: "ignore", env: { PULUMI_BACKEND_URL: "s3://bucket" } },
    );
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/^the state of the stack staging is kept at s3:\/\/bucket, where Backline makes/),
    ]);
  });

  it.each(["list", "rotate"])("explains secrets %s with examples", async (name) => {
    const { code, stdout } = await run("secrets", name, "--help");
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: backline secrets ${name} [options] <stack>`);
    expect(stdout).toContain(`\nExamples:\n  $ ./backline secrets ${name}`);
  });

  it("refuses an ephemeral stack's name and time to live, both at once", async () => {
    const { code, stderr } = await run("ephemeral", "create", "PR_1", "--ttl", "8", "--yes");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^"PR_1" cannot name an ephemeral stack; .*\n--ttl: "8" has no unit/);
  });

  it.each([["create", "a"], ["destroy", "a"], ["reap"]])(
    "refuses ephemeral %s where it would ask and nobody can answer",
    async (...words) => {
      const { code, stderr } = await run("ephemeral", ...words);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^ephemeral \w+ asks before it changes anything, and there is no terminal/);
    },
  );

  it("says in the help of host trust what to do behind a jump host", async () => {
    const { stdout } = await run("host", "trust", "--help");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("ssh-keyscan knows no jump hosts");
  });

  it.each(["start", "stop", "list"])("explains host sandbox %s with examples", async (name) => {
    const { code, stdout } = await run("host", "sandbox", name, "--help");
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: backline host sandbox ${name} `);
    expect(stdout).toContain(`\nExamples:\n  $ ./backline host sandbox ${name}`);
    expect(stdout).toMatch(/-h, --help +explain this/);
  });

  it("refuses a sandbox's name that cannot be a host's", async () => {
    const { code, stderr } = await run("host", "sandbox", "start", "../etc");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^"\.\.\/etc" cannot name a sandbox; write /);
  });

  it("without a command shows its help and counts as bad input", async () => {
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toContain("Usage: backline <command> [options]");
  });

  it("refuses an unknown command with a suggestion", async () => {
    expect(await run("upp", "dev")).toEqual({
      code: 2,
      stdout: "",
      stderr: "error: unknown command 'upp'\n(Did you mean up?)",
    });
  });

  it("refuses an unknown option with a suggestion", async () => {
    expect(await run("destroy", "dev", "--delete-dat")).toEqual({
      code: 2,
      stdout: "",
      stderr: "error: unknown option '--delete-dat'\n(Did you mean --delete-data?)",
    });
  });

  it("refuses a missing stack", async () => {
    expect(await run("up")).toEqual({
      code: 2,
      stdout: "",
      stderr: "error: missing required argument 'stack'",
    });
  });

  it("refuses a toolchain that there is not", async () => {
    expect(await run("up", "dev", "--toolchain", "magic")).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "error: option '--toolchain <way>' argument 'magic' is invalid. Allowed choices are official, registry.",
    });
  });

  it.each(["preview", "drift"])("refuses a format of %s that there is not", async (command) => {
    expect(await run(command, "staging", "--format", "html")).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "error: option '--format <format>' argument 'html' is invalid. Allowed choices are text, markdown, json.",
    });
  });

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

  it("refuses a tier that there is not", async () => {
    const { code, stderr } = await run("test", "--tier", "unit,fast");
    expect(code).toBe(2);
    expect(stderr).toContain("Write some of unit,golden,integration,e2e.");
  });
});
