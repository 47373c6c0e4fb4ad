import { describe, expect, it } from "vitest";
import { chooseEngine, chooseImages, describeChoice, type OwnEngine } from "../../../toolchain/choose";

const reachable = async () => true;
const unreachable = async () => false;
const never = async (): Promise<boolean> => {
  throw new Error("the network was asked");
};

const own = (version: string, hasPlugins: boolean): OwnEngine => ({
  path: "/usr/bin/pulumi",
  version,
  hasPlugins,
});

describe("the engine", () => {
  it("is what --toolchain says, without a look at the network", async () => {
    expect(await chooseEngine({ forced: "official", own: undefined, probe: never })).toEqual({
      way: "official",
      reason: "--toolchain official",
    });
    expect(await chooseEngine({ forced: "registry", own: own("3.300.0", true), probe: never })).toEqual({
      way: "registry",
      reason: "--toolchain registry",
    });
  });

  it("is the user's own where it is new enough and has its plugins", async () => {
    expect(await chooseEngine({ own: own("3.259.0", true), probe: never })).toEqual({
      way: "official",
      reason: "pulumi 3.259.0 and its plugins are installed",
    });
  });

  it("is the user's own where its plugins can be had", async () => {
    expect(await chooseEngine({ own: own("3.260.1", false), probe: reachable })).toEqual({
      way: "official",
      reason: "pulumi 3.260.1 is installed",
    });
  });

  it.each([
    ["none", undefined],
    ["an old one", own("3.258.9", true)],
  ])("is downloaded where the user has %s and the site answers", async (_what, found) => {
    expect(await chooseEngine({ own: found, probe: reachable })).toEqual({
      way: "official",
      reason: "Pulumi's download site answers",
    });
  });

  it.each([
    ["none", undefined],
    ["an old one", own("3.258.9", true)],
    ["one without plugins", own("3.259.0", false)],
  ])("is built where the user has %s and the site does not answer", async (_what, found) => {
    expect(await chooseEngine({ own: found, probe: unreachable })).toEqual({
      way: "registry",
      reason: "Pulumi's download site cannot be reached",
    });
  });
});

describe("images", () => {
  const registry = "docker.io";

  it("are what --toolchain says, without a look at the network", async () => {
    expect(await chooseImages({ forced: "registry", registry, probe: never })).toEqual({
      way: "registry",
      reason: "--toolchain registry",
    });
  });

  it("are pulled where the registry answers, else built", async () => {
    expect(await chooseImages({ registry, probe: reachable })).toEqual({
      way: "official",
      reason: "docker.io answers",
    });
    expect(await chooseImages({ registry, probe: unreachable })).toEqual({
      way: "registry",
      reason: "docker.io cannot be reached",
    });
  });
});

describe("a choice", () => {
  it("is told in one line", () => {
    expect(describeChoice("Images", { way: "registry", reason: "docker.io cannot be reached" })).toBe(
      "Images: built from package registries (docker.io cannot be reached)",
    );
    expect(describeChoice("Pulumi", { way: "official", reason: "--toolchain official" })).toBe(
      "Pulumi: the official ones (--toolchain official)",
    );
  });
});
