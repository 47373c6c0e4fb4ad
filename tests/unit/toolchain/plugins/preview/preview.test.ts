import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundledFiles, bundlePlugins } from "../../../../../toolchain/plugins/bundle";
import { asSecret, UNKNOWN } from "../../../../../toolchain/plugins/shared/values";
import { call, type PluginProcess, startPlugin, temporaryDirectory } from "../harness";
import { ProviderClient } from "../provider-client";

const { path: directory, remove } = temporaryDirectory();
let plugin: PluginProcess;
let record: ProviderClient;

/** Installs the stand-in as the toolchain does. */
async function install(folder: string, name: string): Promise<string> {
  const { preview } = await bundlePlugins(join(directory, "bundle"));
  await mkdir(join(directory, folder));
  for (const [file, source] of Object.entries(bundledFiles(preview, name))) {
    await copyFile(source, join(directory, folder, file));
  }
  return join(directory, folder, name);
}

beforeAll(async () => {
  plugin = await startPlugin(
    await install("resource-vercel-v5.4.1", "pulumi-resource-vercel"),
    "127.0.0.1:1",
  );
  record = new ProviderClient(plugin.address, "vercel:index/project:Project");
});

afterAll(async () => {
  record.rpc.close();
  await plugin.stop();
  remove();
});

const NEEDED =
  "needs the official plugin vercel 5.4.1; here is only a stand-in for previews, because the network reaches " +
  "nothing but package registries. On an open network, get it with: pulumi plugin install resource vercel 5.4.1 " +
  "--server github://api.github.com/pulumiverse --reinstall";

describe("the preview stand-in", () => {
  it("takes name and version from its folder", async () => {
    const info = await call<PluginInfo>((done) => record.rpc.getPluginInfo(new empty.Empty(), done));
    expect(info.getVersion()).toBe("5.4.1");
  });

  it("refuses to start in a folder that names no plugin", async () => {
    const launcher = await install("somewhere", "pulumi-resource-some");
    await expect(startPlugin(launcher, "127.0.0.1:1")).rejects.toThrow(
      'The preview stand-in is in the folder "somewhere", which does not say what it stands in for',
    );
  });

  it("passes inputs through and leaves id and outputs open", async () => {
    const inputs = { name: "web", token: asSecret("x"), team: UNKNOWN };
    expect(await record.check(inputs)).toEqual({ inputs, failures: [] });
    expect(await record.create(inputs, { preview: true })).toEqual({ id: "", properties: inputs });
    expect(await record.update({ name: "old" }, inputs, true)).toEqual(inputs);
  });

  it("says what has changed", async () => {
    const { paths, replaces } = await record.diff({ name: "a", size: 1 }, { name: "b", size: 1 });
    expect([Object.keys(paths), replaces]).toEqual([["name"], []]);
  });

  it("refuses to make, change, remove or look anything up, and says what is needed", async () => {
    const refused = (what: string) => ({ code: 9, details: `${what} ${NEEDED}` });
    await expect(record.create({})).rejects.toMatchObject(refused("Creating this resource"));
    await expect(record.update({}, {})).rejects.toMatchObject(refused("Updating this resource"));
    await expect(record.delete({})).rejects.toMatchObject(refused("Deleting this resource"));
    await expect(record.read({ name: "a" }, {})).rejects.toMatchObject(refused("Reading this resource"));
    await expect(record.invoke("vercel:index/getProject:getProject", {})).rejects.toMatchObject(
      refused("Calling vercel:index/getProject:getProject"),
    );
  });

  it("lets a program name an existing resource", async () => {
    expect(await record.read({}, { name: "a" })).toEqual({ name: "a" });
  });
});
