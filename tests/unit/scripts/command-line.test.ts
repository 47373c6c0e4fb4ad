import { join, resolve } from "node:path";
import type { Command } from "commander";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { version } from "../../../package.json";
import { makeProgram } from "../../../scripts/program";
import { run } from "../../support/command-line";

const root = resolve(import.meta.dirname, "..", "..", "..");

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

  it("says which version it is", async () => {
    expect(await run("--version")).toEqual({ code: 0, stdout: version, stderr: "" });
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

  it("refuses a tier that there is not", async () => {
    const { code, stderr } = await run("test", "--tier", "unit,fast");
    expect(code).toBe(2);
    expect(stderr).toContain("Write some of unit,golden,integration,e2e.");
  });
});
