import { spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlePlugins } from "../../../../../toolchain/plugins/bundle";
import { asSecret, UNKNOWN } from "../../../../../toolchain/plugins/shared/values";
import {
  call,
  type FakeEngine,
  fakeEngine,
  type PluginProcess,
  startPlugin,
  temporaryDirectory,
} from "../harness";
import { ProviderClient } from "../provider-client";

const { Kind } = PropertyDiff;
const directory = temporaryDirectory();
let engine: FakeEngine;
let plugin: PluginProcess;
let command: ProviderClient;
let launcher: string;

beforeAll(async () => {
  const bundled = await bundlePlugins(join(directory.path, "bundle"));
  launcher = bundled.command;
  engine = await fakeEngine();
  plugin = await startPlugin(launcher, engine.address);
  command = new ProviderClient(plugin.address, "command:local:Command");
});

afterAll(async () => {
  command.rpc.close();
  await plugin.stop();
  engine.close();
  directory.remove();
});

describe("the command plugin", () => {
  it("gives the version of the official plugin", async () => {
    const info = await call<PluginInfo>((done) => command.rpc.getPluginInfo(new empty.Empty(), done));
    expect(info.getVersion()).toBe("1.2.1");
  });

  it("runs create and keeps its output without the last line break", async () => {
    const made = await command.create({ create: "echo one; echo two; echo warning >&2" });
    expect(made.properties).toEqual({
      create: "echo one; echo two; echo warning >&2",
      stdout: "one\ntwo",
      stderr: "warning",
    });
    expect(made.id).toMatch(/^it[0-9a-f]{8}$/);
  });

  it("makes a resource without a create command", async () => {
    expect((await command.create({ delete: "true" })).properties).toEqual({
      delete: "true",
      stdout: "",
      stderr: "",
    });
  });

  it("passes environment, directory, interpreter and standard input on", async () => {
    const where = join(directory.path, "where");
    await mkdir(where);
    const { properties } = await command.create({
      create:
        "const { readFileSync } = require('fs'); console.log(process.cwd(), process.env.WHO, readFileSync(0, 'utf8'))",
      interpreter: [process.execPath, "-e"],
      dir: where,
      environment: { WHO: "me" },
      stdin: "from stdin",
    });
    expect(properties.stdout).toBe(`${where} me from stdin`);
  });

  it("says exit status, command and all output when a command fails", async () => {
    const failing = command.create({ create: "echo out; echo problem >&2; exit 3" });
    await expect(failing).rejects.toMatchObject({
      details: 'exit status 3: running "echo out; echo problem >&2; exit 3":\nout\nproblem\n',
    });
  });

  it("says which directory is missing", async () => {
    await expect(command.create({ create: "true", dir: "/no/such/place" })).rejects.toMatchObject({
      details: 'dir "/no/such/place" is not a directory; create it before the command runs',
    });
  });

  it("says that an interpreter cannot be started", async () => {
    await expect(command.create({ create: "true", interpreter: ["/no/such/shell"] })).rejects.toMatchObject({
      details: expect.stringContaining("ENOENT"),
    });
  });

  it("runs update, else create, with the previous output in its environment", async () => {
    const state = { stdout: "before", stderr: "noise" };
    const show = 'echo "$PULUMI_COMMAND_STDOUT/$PULUMI_COMMAND_STDERR"';
    expect(await command.update(state, { create: "echo no", update: show })).toMatchObject({
      stdout: "before/noise",
    });
    expect(await command.update(state, { create: show })).toMatchObject({ stdout: "before/noise" });
    expect(await command.update(state, { create: show, addPreviousOutputInEnv: false })).toMatchObject({
      stdout: "/",
    });
    expect(await command.update(state, { delete: "true" })).toEqual({ delete: "true", ...state });
  });

  it("runs delete with the previous output in its environment", async () => {
    const file = join(directory.path, "deleted");
    await command.delete({
      delete: `printf %s "$PULUMI_COMMAND_STDOUT" > ${file}`,
      stdout: "last",
      stderr: "",
    });
    expect(await readFile(file, "utf8")).toBe("last");
    await expect(command.delete({ delete: "exit 4", stdout: "", stderr: "" })).rejects.toMatchObject({
      details: 'exit status 4: running "exit 4":\n',
    });
  });

  it("replaces for triggers and updates in place for everything else", async () => {
    const olds = { create: "a", triggers: ["1", { b: 2 }], environment: { A: "1", "B.C": "1" }, stdin: "x" };
    const news = { create: "b", triggers: ["1", { b: 3 }], environment: { A: "1", "B.C": "2" }, update: "c" };
    expect(await command.diff(olds, news)).toEqual({
      paths: {
        create: Kind.UPDATE,
        'environment["B.C"]': Kind.UPDATE,
        stdin: Kind.DELETE,
        "triggers[1].b": Kind.UPDATE_REPLACE,
        update: Kind.ADD,
      },
      replaces: ["triggers"],
    });
    expect(await command.diff(olds, olds)).toEqual({ paths: {}, replaces: [] });
  });

  it("leaves the output open in a preview and runs nothing", async () => {
    const file = join(directory.path, "never");
    const inputs = { create: `touch ${file}`, environment: { A: UNKNOWN } };
    const expected = { ...inputs, stdout: UNKNOWN, stderr: UNKNOWN };
    expect(await command.create(inputs, { preview: true })).toEqual({ id: "", properties: expected });
    expect(await command.update({ stdout: "old", stderr: "" }, inputs, true)).toEqual(expected);
    await expect(readFile(file)).rejects.toThrow("ENOENT");
  });

  it("unwraps secrets for the command and marks its output as secret", async () => {
    const environment = { TOKEN: asSecret("hunter2") };
    const { properties } = await command.create({ create: 'echo "$TOKEN"', environment });
    expect(properties).toEqual({
      create: 'echo "$TOKEN"',
      environment,
      stdout: asSecret("hunter2"),
      stderr: asSecret(""),
    });
    const preview = await command.create({ create: "true", environment }, { preview: true });
    expect(preview.properties.stdout).toEqual(asSecret(UNKNOWN));
  });

  it("hides secrets in the log and in errors", async () => {
    engine.log.length = 0;
    const stdin = asSecret("hunter2-and-more");
    const create = asSecret("echo 'key: hunter2-and-more'; cat; exit 1");
    await expect(command.create({ create, stdin })).rejects.toMatchObject({
      details: 'exit status 1: running "[secret]":\nkey: [secret]\n[secret]',
    });
    expect(engine.log.map(({ message }) => message).join("\n")).toBe("key: [secret]\n[secret]");
  });

  it("logs lines as the passing status of the resource while the command runs", async () => {
    engine.log.length = 0;
    const gate = join(directory.path, "gate");
    const running = command.create({
      create: `echo waiting; while [ ! -e ${gate} ]; do sleep 0.02; done; echo done`,
    });
    await expect
      .poll(() => engine.log)
      .toEqual([{ severity: "info", message: "waiting", urn: command.urn, ephemeral: true }]);
    await writeFile(gate, "");
    await running;
    expect(engine.log.map(({ message }) => message)).toEqual(["waiting", "done"]);
  });

  it("logs only the stream that is asked for", async () => {
    const logged = async (logging: string) => {
      engine.log.length = 0;
      await command.create({ create: "echo out; echo err >&2", logging });
      return engine.log.flatMap(({ message }) => message.split("\n")).sort();
    };
    expect(await logged("stdout")).toEqual(["out"]);
    expect(await logged("stderr")).toEqual(["err"]);
    expect(await logged("stdoutAndStderr")).toEqual(["err", "out"]);
    expect(await logged("none")).toEqual([]);
  });

  it("returns files as assets and as an archive", async () => {
    const dir = join(directory.path, "build");
    await mkdir(dir);
    const { properties } = await command.create({
      create: "mkdir sub; printf a > a.txt; printf b > sub/b.txt; printf c > sub/secret.txt",
      dir,
      assetPaths: ["**.txt", "!**secret.*"],
      archivePaths: ["*.txt"],
    });
    const hash = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    expect(Object.keys(properties.assets ?? {})).toEqual(["a.txt", "sub/b.txt"]);
    expect(properties.assets).toMatchObject({ "a.txt": { path: join(dir, "a.txt"), hash } });
    expect(properties.archive).toMatchObject({ assets: { "a.txt": { path: join(dir, "a.txt") } } });
  });

  it("names every wrong input, but not one that is still unknown", async () => {
    const wrong = {
      create: 1,
      environment: { A: true },
      logging: "all",
      wait: "1s",
      stdin: UNKNOWN,
      dir: null,
    };
    expect((await command.check(wrong)).failures.sort()).toEqual([
      "create must be a string",
      "environment.A must be a string",
      'logging must be "stdout", "stderr", "stdoutAndStderr" or "none"',
      "wait is not an input",
    ]);
    expect((await command.check({ environment: UNKNOWN, triggers: asSecret(UNKNOWN) })).failures).toEqual([]);
  });

  it("gives the state back when it is asked to read", async () => {
    expect(await command.read({ create: "a" }, { create: "a", stdout: "b" })).toEqual({
      create: "a",
      stdout: "b",
    });
  });

  it("runs the function local:run each time", async () => {
    expect(
      await command.invoke("command:local:run", { command: "echo hi", environment: { A: "1" } }),
    ).toEqual({
      command: "echo hi",
      environment: { A: "1" },
      stdout: "hi",
      stderr: "",
    });
    await expect(command.invoke("command:local:other", {})).rejects.toMatchObject({
      details: "The command stand-in has no function command:local:other",
    });
  });

  it("ends a command that takes longer than its custom timeout", async () => {
    await expect(command.create({ create: "sleep 60" }, { timeout: 0.2 })).rejects.toMatchObject({
      details: "the command was ended because it took longer than 0.2 s, its custom timeout",
    });
  });

  it.each(["cancel", "SIGINT", "the end of the engine"])(
    "ends a command and its children on %s",
    async (way) => {
      const pids = join(directory.path, `pids-${way.split(" ").at(-1)}`);
      const other = await startPlugin(launcher, engine.address);
      const client = new ProviderClient(other.address, "command:local:Command");
      const running = client
        .create({ create: `sleep 61 & echo $! $$ > ${pids}; wait` })
        .catch((error) => error.details);
      await expect.poll(() => readFile(pids, "utf8").catch(() => "")).toMatch(/^\d+ \d+\n$/);
      if (way === "cancel") {
        await call((done) => client.rpc.cancel(new empty.Empty(), done));
        expect(await running).toBe("cancelled: the command was ended before it was done");
      } else if (way === "SIGINT") {
        other.process.kill("SIGINT");
      } else {
        other.process.stdin?.destroy();
      }
      const alive = async () => (await readFile(pids, "utf8")).trim().split(" ").filter(isAlive);
      await expect.poll(alive, { timeout: 4_000 }).toEqual([]);
      client.rpc.close();
      await other.stop();
    },
  );
});

/** A zombie has ended: who collects it, and when, is not the plugin's affair. */
function isAlive(pid: string): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", pid], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
}
