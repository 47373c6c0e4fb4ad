import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import { utils } from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlePlugins } from "../../../../../toolchain/plugins/bundle";
import { asSecret, type Properties } from "../../../../../toolchain/plugins/shared/values";
import {
  call,
  type FakeEngine,
  fakeEngine,
  type PluginProcess,
  startPlugin,
  temporaryDirectory,
} from "../harness";
import { ProviderClient } from "../provider-client";
import { connectionTo, keyPair, sshServer, type TestSshServer } from "../ssh-server";

const directory = temporaryDirectory();
let engine: FakeEngine;
let plugin: PluginProcess;
let launcher: string;
let command: ProviderClient;
let server: TestSshServer;
let connection: Properties;

beforeAll(async () => {
  launcher = (await bundlePlugins(join(directory.path, "bundle"))).command;
  engine = await fakeEngine();
  plugin = await startPlugin(launcher, engine.address, { SSH_AUTH_SOCK: "" });
  command = new ProviderClient(plugin.address, "command:remote:Command");
  server = await sshServer({ acceptEnv: ["GREETING", "PULUMI_COMMAND_STDOUT"] });
  connection = connectionTo(server);
});

afterAll(async () => {
  command.rpc.close();
  await plugin.stop();
  await server.close();
  engine.close();
  directory.remove();
});

describe("command:remote:Command", () => {
  it("fills the connection's defaults in and marks it as secret", async () => {
    const { inputs, failures } = await command.check({
      create: "true",
      connection: { host: "h", privateKey: asSecret("key"), proxy: { host: "p", port: 2222 } },
    });
    const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
    expect(failures).toEqual([]);
    expect(inputs).toEqual({
      create: "true",
      connection: asSecret({
        ...defaults,
        host: "h",
        privateKey: "key",
        proxy: { ...defaults, host: "p", port: 2222 },
      }),
    });
  });

  it("requires a connection with a host", async () => {
    expect((await command.check({ create: "true" })).failures).toEqual(["connection is required"]);
    expect((await command.check({ connection: { port: "22" } })).failures).toEqual([
      "connection.host is required",
      "connection.port must be a number",
    ]);
  });

  it("runs a command with its standard input and keeps its output public", async () => {
    const inputs = {
      create: "cat; echo done; echo warning >&2",
      stdin: "given ",
      connection: asSecret(connection),
    };
    const { id, properties } = await command.create(inputs);
    expect(properties).toEqual({ ...inputs, stdout: "given done", stderr: "warning" });
    expect(id).toMatch(/^it[0-9a-f]{8}$/);
  });

  it("says status, command and output of a command that fails", async () => {
    await expect(command.create({ create: "echo oops >&2; exit 5", connection })).rejects.toMatchObject({
      details: 'Process exited with status 5: running "echo oops >&2; exit 5":\noops\n',
    });
    await expect(command.create({ create: "kill -KILL $$", connection })).rejects.toMatchObject({
      details: 'Process exited by signal KILL: running "kill -KILL $$":\n',
    });
  });

  it("passes the environment that the server accepts", async () => {
    const { properties } = await command.create({
      create: "echo $GREETING",
      environment: { GREETING: "hello" },
      connection,
    });
    expect(properties.stdout).toBe("hello");
  });

  it("fails without showing the value when the server refuses a variable", async () => {
    const refused = command.create({ create: "echo run", environment: { OTHER: "value" }, connection });
    await expect(refused).rejects.toMatchObject({
      details:
        "could not set OTHER in the environment of the command: the SSH server must list it in AcceptEnv, or the command must set it itself",
    });
  });

  it("updates and deletes with the previous output", async () => {
    const inputs = { create: "false", update: "echo after $PULUMI_COMMAND_STDOUT", connection };
    expect(await command.update({ stdout: "first", stderr: "" }, inputs)).toMatchObject({
      stdout: "after first",
    });
    const file = join(directory.path, "remote-deleted");
    await command.delete({
      delete: `echo $PULUMI_COMMAND_STDOUT > ${file}`,
      connection,
      stdout: "last",
      stderr: "",
    });
    expect(await readFile(file, "utf8")).toBe("last\n");
  });

  it("logs lines while the command runs", async () => {
    engine.log.length = 0;
    await command.create({ create: "echo one; echo two", connection });
    expect(engine.log.flatMap(({ message }) => message.split("\n"))).toEqual(["one", "two"]);
  });

  it("logs in with a password, and with an encrypted key", async () => {
    const strict = await sshServer({ password: "open sesame" });
    const { privateKey: _, ...noKey } = connectionTo(strict);
    const byPassword = await command.create({
      create: "echo in",
      connection: { ...noKey, password: "open sesame" },
    });
    expect(byPassword.properties.stdout).toBe("in");
    await strict.close();
    const key = utils.generateKeyPairSync("ed25519", {
      passphrase: "words",
      cipher: "aes256-ctr",
      rounds: 1,
    }).private;
    const wrong = { ...connection, privateKey: key, privateKeyPassword: "other words" };
    await expect(command.create({ create: "true", connection: wrong })).rejects.toMatchObject({
      details: expect.stringContaining("connection.privateKey cannot be used"),
    });
  });

  it("accepts only the host key that is given", async () => {
    const good = await command.create({
      create: "echo in",
      connection: connectionTo(server, { hostKey: server.hostKey }),
    });
    expect(good.properties.stdout).toBe("in");
    const hostKey = keyPair().public;
    const bad = command.create({
      create: "true",
      connection: connectionTo(server, { hostKey, dialErrorLimit: 0 }),
    });
    await expect(bad).rejects.toMatchObject({ details: expect.stringContaining("Host denied") });
  });

  it("dials again until the error limit", async () => {
    engine.log.length = 0;
    const slow = await sshServer({ refuseFirst: 2 });
    const made = await command.create({ create: "echo up", connection: connectionTo(slow) });
    expect(made.properties.stdout).toBe("up");
    expect(engine.log.map(({ message }) => message)).toEqual([
      "Dial 1/2 failed: retrying",
      "Dial 2/2 failed: retrying",
      "up",
    ]);
    await slow.close();
    await expect(command.create({ create: "true", connection: connectionTo(slow) })).rejects.toMatchObject({
      details: expect.stringMatching(/^127\.0\.0\.1:\d+: after 2 failed attempts: .*ECONNREFUSED/),
    });
  });

  it("gives up on a host that accepts and never answers", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const dead = { ...connection, port, dialErrorLimit: 0, perDialTimeout: 1 };
    await expect(command.create({ create: "true", connection: dead })).rejects.toMatchObject({
      details: expect.stringContaining("after 0 failed attempts: Timed out while waiting for handshake"),
    });
    silent.close();
  });

  it("reaches a host through a proxy", async () => {
    const bastion = await sshServer();
    const { properties } = await command.create({
      create: "echo inside",
      connection: connectionTo(server, { proxy: connectionTo(bastion) }),
    });
    expect(properties.stdout).toBe("inside");
    expect(bastion.logins()).toBe(1);
    await bastion.close();
    const closed = command.create({
      create: "true",
      connection: connectionTo(server, { proxy: connectionTo(bastion, { dialErrorLimit: 0 }) }),
    });
    await expect(closed).rejects.toMatchObject({ details: expect.stringMatching(/^proxy: .*ECONNREFUSED/) });
  });

  // ssh2's server passes no signal on after the end of standard input, so only the connection can be seen to end.
  it("gives a remote command up when the engine cancels", async () => {
    const file = join(directory.path, "remote-running");
    const host = await sshServer();
    const other = await startPlugin(launcher, engine.address);
    const client = new ProviderClient(other.address, "command:remote:Command");
    const create = `echo > ${file}; exec sleep 62`;
    const running = client.create({ create, connection: connectionTo(host) }).catch((error) => error.details);
    await expect.poll(() => readFile(file, "utf8").catch(() => "")).toBe("\n");
    await call((done) => client.rpc.cancel(new empty.Empty(), done));
    expect(await running).toBe("cancelled: the command was ended before it was done");
    await expect.poll(host.connections).toBe(0);
    client.rpc.close();
    await other.stop();
    await host.close();
  });
});
