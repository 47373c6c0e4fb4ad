import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mustSend, neededImages, needsDocker, planImages } from "../../../scripts/operations/images";
import { standInKeys } from "../../../toolchain/images/keys";
import { standInLabel } from "../../../toolchain/images/presence";
import { reference } from "../../../toolchain/images/stand-ins";
import { type FakePrograms, fakePrograms } from "../../support/fake-programs";
import { settingsOf } from "../../support/plans";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH7TTH3deiviDjWmMNVv9gJJIoixJ/K1THxeWvuQR/jG";
const settings = (images: string, host = "") =>
  settingsOf(
    `
config:
  backline:domain: audifi.io
  backline:proxy: { certificates: internal }
  backline:host: { ${host} }
  backline:images: { ${images} }
`,
  );
const elsewhere = `address: 203.0.113.10, hostKey: "${key}", publicKeys: ["${key}"]`;
const thirdParty = ["node", "postgres", "redis", "caddy"];
const watched = ["prometheus", "alertmanager", "nodeExporter", "redisExporter", "postgresExporter"];

describe("what this machine must have for a stack", () => {
  it.each([
    ["a stack here", "", "", true, [...thirdParty, ...watched, "grafana"]],
    ["a stack here without Grafana", "unavailable: [grafana]", "", true, [...thirdParty, ...watched]],
    ["a stack here with a mirror", "registry: mirror.example.com", "", true, []],
    ["a host that pulls and builds", "", elsewhere, false, []],
    ["a host that is sent the bundled images alone", "bundled: send", elsewhere, true, []],
    [
      "a host that pulls all images",
      "bundled: registry, repository: registry.example.com/team",
      elsewhere,
      true,
      [],
    ],
    [
      "a host that is sent the third-party images",
      "source: local, unavailable: [grafana]",
      elsewhere,
      true,
      [...thirdParty, ...watched],
    ],
    [
      "an image that the user has named",
      'source: local, unavailable: [grafana], override: { redis: "valkey:8.0" }',
      elsewhere,
      true,
      ["node", "postgres", "caddy", ...watched],
    ],
  ])("for %s", (_name, images, host, docker, names) => {
    const resolved = settings(images, host);
    expect(needsDocker(resolved)).toBe(docker);
    expect(neededImages(resolved)).toEqual(names);
  });
});

describe("whether a host that would pull is sent its images", () => {
  interface Facts {
    readonly said?: string;
    readonly forced?: "official" | "registry";
    readonly engine?: "official" | "registry";
    readonly pulls?: boolean;
  }
  const asked: string[] = [];
  function decide(resolved: ReturnType<typeof settings>, facts: Facts = {}): Promise<boolean> {
    const { said, forced, engine = "registry", pulls = false } = facts;
    const answer = async <T>(question: string, value: T): Promise<T> => {
      asked.push(question);
      return value;
    };
    asked.length = 0;
    return mustSend(resolved, {
      said,
      forced,
      engine: () => answer("engine", engine),
      probe: () => answer("probe", pulls),
    });
  }

  it("is so where this machine can neither pull nor get Pulumi from its makers", async () => {
    expect(await decide(settings("", elsewhere))).toBe(true);
    expect(asked).toEqual(["engine", "probe"]);
  });

  it("is not so where this machine can pull", async () => {
    expect(await decide(settings("", elsewhere), { pulls: true })).toBe(false);
  });

  it("is not so where Pulumi comes from its makers, and the registry is not asked", async () => {
    expect(await decide(settings("", elsewhere), { engine: "official" })).toBe(false);
    expect(asked).toEqual(["engine"]);
  });

  it("follows --toolchain without asking", async () => {
    expect(await decide(settings("", elsewhere), { forced: "registry" })).toBe(true);
    expect(await decide(settings("", elsewhere), { forced: "official" })).toBe(false);
    expect(asked).toEqual([]);
  });

  it("leaves alone a stack here, a mirror, and what the stack's file says", async () => {
    expect(await decide(settings(""))).toBe(false);
    expect(await decide(settings("registry: mirror.example.com", elsewhere))).toBe(false);
    expect(await decide(settings("source: registry", elsewhere), { said: "registry" })).toBe(false);
    expect(asked).toEqual([]);
  });
});

describe("what is done where Docker has every image", () => {
  const names = ["redis", "caddy"] as const;
  let programs: FakePrograms;
  beforeEach(() => {
    programs = fakePrograms();
  });
  afterEach(() => programs.remove());

  async function have(kind: "stand-ins" | "official"): Promise<void> {
    const keys = await standInKeys([...names]);
    const found = names.map((name) => ({
      Id: name,
      RepoTags: [reference(name)],
      Config: { Labels: kind === "official" ? null : { [standInLabel]: keys.get(name) } },
    }));
    programs.add("docker", `echo '${JSON.stringify(found)}'`);
  }

  it.each([
    ["stand-ins that would be pulled, no registry", "stand-ins", "registry", true, true],
    ["stand-ins that would be pulled, and can be", "stand-ins", "official", true, false],
    ["stand-ins that are not pulled", "stand-ins", "registry", false, false],
    ["official images", "official", "registry", true, false],
  ] as const)("%s", async (_name, kind, forced, pulled, isPlanned) => {
    await have(kind);
    const plan = await planImages(names, { forced, pulled });
    expect(plan).toEqual(
      isPlanned
        ? { names, sentences: [], choice: { way: "registry", reason: "--toolchain registry" } }
        : undefined,
    );
  });
});
