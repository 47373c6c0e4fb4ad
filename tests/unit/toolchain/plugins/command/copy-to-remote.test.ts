import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlePlugins } from "../../../../../toolchain/plugins/bundle";
import { asSecret, type Properties, reveal, toStruct } from "../../../../../toolchain/plugins/shared/values";
import { type PluginProcess, startPlugin, temporaryDirectory } from "../harness";
import { ProviderClient } from "../provider-client";
import { connectionTo, sshServer, type TestSshServer } from "../ssh-server";

const directory = temporaryDirectory();
let plugin: PluginProcess;
let copy: ProviderClient;
let server: TestSshServer;
let connection: Properties;

beforeAll(async () => {
  const { command } = await bundlePlugins(join(directory.path, "bundle"));
  plugin = await startPlugin(command, "127.0.0.1:1", { SSH_AUTH_SOCK: "" });
  copy = new ProviderClient(plugin.address, "command:remote:CopyToRemote");
  server = await sshServer();
  connection = connectionTo(server);
});

afterAll(async () => {
  copy.rpc.close();
  await plugin.stop();
  await server.close();
  directory.remove();
});

describe("command:remote:CopyToRemote", () => {
  const SIGNATURE = "4dabf18193072939515e22adb298388d";
  const asset = (more: Properties): Properties => ({
    [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17",
    ...more,
  });
  const archive = (more: Properties): Properties => ({
    [SIGNATURE]: "0def7320c3a5731c473e5ecbe6d01bc7",
    ...more,
  });

  it("copies a text, a file and a directory", async () => {
    const [from, target] = [join(directory.path, "from"), join(directory.path, "to")];
    await mkdir(join(from, "deep"), { recursive: true });
    await writeFile(join(from, "deep", "file"), "deep content");
    await copy.create({
      connection,
      source: asset({ text: "words", hash: "1" }),
      remotePath: join(target, "a", "text"),
    });
    await copy.create({
      connection,
      source: asset({ path: join(from, "deep", "file"), hash: "2" }),
      remotePath: join(target, "a"),
    });
    await copy.create({ connection, source: archive({ path: from, hash: "3" }), remotePath: target });
    await copy.create({
      connection,
      source: archive({ path: `${from}/`, hash: "3" }),
      remotePath: join(target, "b"),
    });
    const read = (path: string) => readFile(join(target, path), "utf8");
    expect(await Promise.all(["a/text", "a/file", "from/deep/file", "b/deep/file"].map(read))).toEqual([
      "words",
      "deep content",
      "deep content",
      "deep content",
    ]);
  });

  it("makes a directory that several copies need at the same time", async () => {
    const target = join(directory.path, "shared", "by", "all");
    const names = ["a", "b", "c", "d"];
    const copies = names.map((text) =>
      copy.create({ connection, source: asset({ text, hash: text }), remotePath: join(target, text) }),
    );
    await Promise.all(copies);
    expect((await readdir(target)).sort()).toEqual(names);
  });

  it("copies again only when content or path have changed", async () => {
    const remotePath = join(directory.path, "again");
    const state = { connection, source: asset({ text: "one", hash: "1" }), remotePath };
    await copy.create(state);
    await writeFile(remotePath, "touched");
    await copy.update(state, { ...state, connection: connectionTo(server, { perDialTimeout: 6 }) });
    expect(await readFile(remotePath, "utf8")).toBe("touched");
    await copy.update(state, { ...state, source: asset({ text: "two", hash: "2" }) });
    expect(await readFile(remotePath, "utf8")).toBe("two");
  });

  it("refuses a source that it cannot copy, and knows one by its content", async () => {
    const source = archive({ uri: "https://example.org/a.tgz", hash: "1" });
    expect((await copy.check({ connection, source, remotePath: "/a" })).failures).toEqual([
      "source must be a FileAsset, a StringAsset or a FileArchive of a local path",
    ]);
    const olds = { source: asset({ hash: "1", text: "" }), remotePath: "/a" };
    expect(await copy.diff(olds, { source: asset({ hash: "1", text: "same" }), remotePath: "/a" })).toEqual({
      paths: {},
      replaces: [],
    });
    expect(reveal(asSecret(source))).toEqual(toStruct({ source }).toJavaScript().source);
  });
});
