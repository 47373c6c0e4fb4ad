import { beforeAll, describe, expect, it } from "vitest";
import { bundleServices } from "../../../stacks/bundles";
import { renderDiagram } from "../../../stacks/diagram";
import { Platform } from "../../../stacks/platform";
import { migrationsOf } from "../../../stacks/release";
import { example } from "../../../stacks/systems/example";
import { isSecret, type Registered, registeredBy } from "../../support/mocks";
import { releaseOf, testSecrets } from "../../support/plans";
import { shop, shopSecrets, shopSystem } from "../../support/shop-system";
import { settingsOfSystem } from "../../support/systems";

const resources = (system: unknown, values: Readonly<Record<string, unknown>> = {}): Promise<Registered[]> =>
  registeredBy("dev", () => {
    const settings = settingsOfSystem(system, values);
    return new Platform(settings, releaseOf(settings), "/project", []).results;
  });
const namesOf = (all: readonly Registered[], type: string) =>
  all
    .filter((resource) => resource.type === type)
    .map(({ name }) => name)
    .sort();
const container = "docker:index/container:Container";
const image = "docker:index/remoteImage:RemoteImage";
const inputsOf = (all: readonly Registered[], name: string) => all.find((one) => one.name === name)?.inputs;
/** The inputs of a command as text: its script is an argument of the shell, or comes over its standard input. */
const scriptOf = (all: readonly Registered[], name: string) => JSON.stringify(inputsOf(all, name) ?? {});

let ofExample: Registered[] = [];
let ofShop: Registered[] = [];
beforeAll(async () => {
  ofExample = await resources(example);
  ofShop = await resources(shopSystem, {
    secrets: { ...testSecrets, ...shopSecrets },
    images: { source: "local", unavailable: ["grafana"], logins: ["registry.example.com"] },
  });
}, 60_000);

describe("the platform of the example", () => {
  it("registers the containers and images of its own parts and no others", () => {
    expect(namesOf(ofExample, container)).toEqual([
      ...["alertmanager", "counter-0", "hello-0", "hello-1", "node-exporter"],
      ...["prometheus", "proxy", "redis", "redis-exporter"],
    ]);
    expect(namesOf(ofExample, image)).toEqual([
      ...["image-alertmanager", "image-caddy", "image-counter", "image-hello", "image-nodeExporter"],
      ...["image-prometheus", "image-redis", "image-redisExporter"],
    ]);
    expect(ofExample.filter(({ name }) => /postgres|migrations/.test(name))).toEqual([]);
  });

  it("builds nothing", async () => {
    const settings = settingsOfSystem(example);
    expect(await bundleServices(settings, "/there/is/no/such/folder")).toEqual({});
    expect(migrationsOf(settings, "/there/is/no/such/folder")).toEqual({ migration: "none", contracts: [] });
    expect(ofExample.filter(({ inputs }) => inputs.build !== undefined)).toEqual([]);
  });

  it("writes secret files and the release with the proxy's image, since a service's own may have no shell", () => {
    expect(scriptOf(ofExample, "counter-files")).toContain("caddy:2.11.7-alpine");
    expect(scriptOf(ofExample, "counter-files")).not.toContain("redis:7.2.16-bookworm");
    expect(scriptOf(ofExample, "release-record")).toContain("/bin/sh caddy:2.11.7-alpine");
  });
});

describe("the platform of a system with every part", () => {
  it("runs its migrations from their image, and pulls it by its version", () => {
    expect(inputsOf(ofShop, "image-migrations")).toMatchObject({
      name: "registry.example.com/team/shop:1.4.2",
    });
    expect(scriptOf(ofShop, "migrations-apply")).toContain("/app/migrate");
    expect(namesOf(ofShop, container)).toContain("postgres");
    expect(namesOf(ofShop, container).filter((name) => name.startsWith("shop"))).toEqual([
      "shop-0",
      "shop-1",
    ]);
  });

  it("shows a secret nowhere but on the standard input of what writes its file", () => {
    const written = Object.values(shopSecrets).map((value) => JSON.stringify(value).slice(1, -1));
    const encoded = Object.values(shopSecrets).map((value) => Buffer.from(value).toString("base64"));
    const leaks = ofShop.flatMap(({ name, inputs }) =>
      Object.entries(inputs)
        .filter(([, value]) => [...written, ...encoded].some((text) => JSON.stringify(value).includes(text)))
        .map(([key, value]) => [name, key, isSecret(value)]),
    );
    expect(leaks.sort()).toEqual([
      ["migrations-files", "stdin", true],
      ["shop-files", "stdin", true],
    ]);
  });

  it("tells the provider which registries ask who pulls", () => {
    expect(scriptOf(ofShop, "docker")).toMatch(/address[\\":]+registry\.example\.com/);
    expect(scriptOf(ofExample, "docker")).not.toContain("address");
  });
});

describe("the release of a system from images", () => {
  const releaseWith = (changed: object) =>
    releaseOf(
      settingsOfSystem({
        ...shopSystem,
        services: { ...shopSystem.services, shop: { ...shop, ...changed } },
      }),
    );

  it("is another one for another version or another image, and the same for another size", () => {
    const { id } = releaseWith({});
    expect(releaseWith({ image: "registry.example.com/team/shop:1.4.3" }).id).not.toBe(id);
    expect(releaseWith({ image: "registry.example.com/other/shop:1.4.2" }).id).not.toBe(id);
    expect(releaseWith({ memory: "128Mi" }).id).toBe(id);
  });
});

describe("the diagram of a system from images", () => {
  it("shows the parts that it has", () => {
    const text = renderDiagram(settingsOfSystem(example));
    expect(text).toContain("hello");
    expect(text).toContain("Redis");
    expect(text).not.toContain("PostgreSQL");
  });
});
