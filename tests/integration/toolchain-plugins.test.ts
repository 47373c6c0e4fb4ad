import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlePlugins } from "../../toolchain/plugins/bundle";
import { type FakeMonitor, fakeMonitor } from "../unit/toolchain/plugins/fake-monitor";
import {
  call,
  type FakeEngine,
  fakeEngine,
  type PluginProcess,
  startPlugin,
  temporaryDirectory,
} from "../unit/toolchain/plugins/harness";

const NODE_MODULES = resolve(import.meta.dirname, "../../node_modules");
const { path: directory, remove } = temporaryDirectory();
let engine: FakeEngine;
let monitor: FakeMonitor;
let host: PluginProcess;
let client: LanguageRuntimeClient;

beforeAll(async () => {
  const [{ languageNodejs }, ...fakes] = await Promise.all([
    bundlePlugins(directory),
    fakeEngine(),
    fakeMonitor(),
  ]);
  [engine, monitor] = fakes;
  host = await startPlugin(languageNodejs, engine.address);
  client = new LanguageRuntimeClient(host.address, grpc.credentials.createInsecure());
});

afterAll(async () => {
  client.close();
  await host.stop();
  engine.close();
  monitor.close();
  remove();
});

/** A program in TypeScript in a subdirectory of its project, as Backline's own is. */
async function program(name: string, source: string): Promise<language.ProgramInfo> {
  const root = join(directory, name);
  await mkdir(join(root, "stacks"), { recursive: true });
  await symlink(NODE_MODULES, join(root, "node_modules"));
  await writeFile(
    join(root, "package.json"),
    JSON.stringify({ name, type: "module", dependencies: { "@pulumi/pulumi": "*", "@pulumi/docker": "*" } }),
  );
  await writeFile(join(root, "stacks", "index.ts"), source);
  return new language.ProgramInfo()
    .setRootDirectory(root)
    .setProgramDirectory(join(root, "stacks"))
    .setEntryPoint("index.ts")
    .setOptions(Struct.fromJavaScript({ typescript: false, nodeargs: "--import tsx" }));
}

function run(info: language.ProgramInfo, dryRun = false): Promise<language.RunResponse> {
  const request = new language.RunRequest()
    .setMonitorAddress(monitor.address)
    .setProject("tiny")
    .setStack("dev")
    .setOrganization("organization")
    .setParallel(4)
    .setDryrun(dryRun)
    .setPwd(info.getProgramDirectory())
    .setConfigsecretkeysList(["tiny:token"])
    .setInfo(info);
  request.getConfigMap().set("tiny:region", "eu").set("tiny:token", "hunter2");
  return call((done) => client.run(request, done));
}

// Each program starts Node.js with tsx and the SDK, which takes seconds on a busy machine.
describe("the language host", { timeout: 60_000 }, () => {
  it("gives the version of the SDK that it belongs to", async () => {
    const info = await call<PluginInfo>((done) => client.getPluginInfo(new empty.Empty(), done));
    expect(info.getVersion()).toBe("3.259.0");
  });

  it("runs a program with its configuration and reports its outputs", async () => {
    const info = await program(
      "outputs",
      `import * as pulumi from "@pulumi/pulumi";
       const config = new pulumi.Config();
       const words: string[] = [pulumi.getProject(), pulumi.getStack(), pulumi.getOrganization(), config.require("region")];
       export const where = words.join("/");
       export const preview = pulumi.runtime.isDryRun();
       export const secretKeys = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "");
       export const token = config.require("token").length;
       export const directory = process.cwd();`,
    );
    const response = await run(info, true);
    expect({ error: response.getError(), bail: response.getBail() }).toEqual({ error: "", bail: false });
    expect(monitor.outputs).toEqual({
      where: "tiny/dev/organization/eu",
      preview: true,
      secretKeys: ["tiny:token"],
      token: 7,
      directory: info.getProgramDirectory(),
    });
  });

  it("bails when the program has reported its error itself", async () => {
    const response = await run(await program("throws", `throw new Error("no such region");`));
    expect({ error: response.getError(), bail: response.getBail() }).toEqual({ error: "", bail: true });
    const errors = engine.log.filter(({ severity }) => severity === "error").map((line) => line.message);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain("Error: no such region");
  });

  it("names the exit code of a program that ends in another way", async () => {
    const response = await run(await program("exits", `console.log("leaving now"); process.exit(3);`));
    expect({ error: response.getError(), bail: response.getBail() }).toEqual({
      error: "Program exited with non-zero exit code: 3",
      bail: false,
    });
    expect(host.output()).toContain("leaving now");
  });

  it("says what to do when the SDK is not installed", async () => {
    const bare = join(directory, "bare");
    await mkdir(bare);
    const info = new language.ProgramInfo().setProgramDirectory(bare).setEntryPoint("index.ts");
    expect((await run(info)).getError()).toBe(
      `@pulumi/pulumi is not installed for the program in ${bare}; run "npm install" in the project`,
    );
  });

  it("interrupts the program when the engine cancels", async () => {
    const marker = join(directory, "interrupted");
    const info = await program(
      "sleeps",
      `import { writeFileSync } from "node:fs";
       process.on("SIGINT", () => { writeFileSync(${JSON.stringify(marker)}, ""); process.exit(130); });
       console.log("asleep");
       await new Promise((resolve) => setTimeout(resolve, 60_000));`,
    );
    const running = run(info);
    await expect.poll(() => host.output(), { timeout: 10_000 }).toContain("asleep");
    await call((done) => client.cancel(new empty.Empty(), done));
    expect((await running).getError()).toBe("Program exited with non-zero exit code: 130");
  });

  it("reports the plugins of the installed packages with their versions", async () => {
    const info = await program("packages", "");
    const request = new language.GetRequiredPackagesRequest().setInfo(info);
    const response = await call<language.GetRequiredPackagesResponse>((done) =>
      client.getRequiredPackages(request, done),
    );
    const packages = response
      .getPackagesList()
      .map((it) => [it.getName(), it.getKind(), it.getVersion(), it.getServer()]);
    expect(packages).toEqual([
      ["cloudflare", "resource", "v6.22.1", ""],
      ["command", "resource", "v1.2.1", ""],
      ["docker", "resource", "v5.2.0", ""],
      ["vercel", "resource", "v5.4.1", "github://api.github.com/pulumiverse"],
    ]);
  });

  it("lists the direct dependencies of a program", async () => {
    const info = await program("dependencies", "");
    const request = new language.GetProgramDependenciesRequest().setInfo(info);
    const response = await call<language.GetProgramDependenciesResponse>((done) =>
      client.getProgramDependencies(request, done),
    );
    expect(response.getDependenciesList().map((it) => [it.getName(), it.getVersion()])).toEqual([
      ["@pulumi/docker", "5.2.0"],
      ["@pulumi/pulumi", "3.259.0"],
    ]);
  });

  it("refuses an option of the wrong type by name", async () => {
    const info = (await program("options", "")).setOptions(Struct.fromJavaScript({ nodeargs: 1 }));
    expect((await run(info)).getError()).toBe("Pulumi.yaml: runtime.options.nodeargs must be a string");
  });
});
