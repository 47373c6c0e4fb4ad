import { describe, expect, it } from "vitest";
import { ownImages, ownReference, usedImages } from "../../../stacks/images";
import { audifi } from "../../../stacks/systems/audifi";
import { example } from "../../../stacks/systems/example";
import { shopSystem } from "../../support/shop-system";
import { settingsOfSystem } from "../../support/systems";

const watched = ["prometheus", "alertmanager", "nodeExporter"];
const withImages = (images: object) => settingsOfSystem(shopSystem, { images });

describe("the images of the catalogue that a stack uses", () => {
  it("are those of the parts that its system has", () => {
    expect(usedImages(settingsOfSystem(audifi))).toEqual([
      ...["node", "postgres", "redis", "caddy", ...watched, "redisExporter", "postgresExporter"],
    ]);
    expect(usedImages(settingsOfSystem(example))).toEqual(["redis", "caddy", ...watched, "redisExporter"]);
    const monitoring = { enabled: false };
    expect(usedImages(settingsOfSystem(shopSystem, { monitoring }))).toEqual(["postgres", "redis", "caddy"]);
  });

  it("has those that a service names as the catalogue does", () => {
    const { redis: _, ...others } = example;
    const { hello } = example.services;
    const system = { ...others, services: { hello: { ...hello, image: "redis:7.2.16-bookworm" } } };
    expect(usedImages(settingsOfSystem(system, { monitoring: { enabled: false } }))).toEqual([
      "caddy",
      "redis",
    ]);
  });
});

describe("the reference of a service's own image", () => {
  it("is the catalogue's, digest and all, where it is written as the catalogue has it", () => {
    const settings = withImages({ source: "registry" });
    const { digest } = settings.images.catalogue.caddy;
    expect(ownReference(settings, "caddy:2.11.7-alpine")).toBe(`caddy:2.11.7-alpine@${digest}`);
    expect(ownReference(settings, "caddy:2.11.6")).toBe("caddy:2.11.6");
    expect(ownReference(withImages({ source: "local" }), "caddy:2.11.7-alpine")).toBe("caddy:2.11.7-alpine");
  });

  it("is pulled through a mirror where it is of Docker Hub, and from its own registry otherwise", () => {
    const settings = withImages({ registry: "mirror.example.com/hub" });
    expect(ownReference(settings, "team/shop:1.0")).toBe("mirror.example.com/hub/team/shop:1.0");
    expect(ownReference(settings, "nginx:1.27")).toBe("mirror.example.com/hub/nginx:1.27");
    expect(ownReference(settings, "ghcr.io/team/shop:1.0")).toBe("ghcr.io/team/shop:1.0");
    expect(ownReference(settings, "localhost:5000/shop:1.0")).toBe("localhost:5000/shop:1.0");
  });

  it("stands for each service and the migrations", () => {
    expect(ownImages(settingsOfSystem(shopSystem))).toEqual({
      shop: "registry.example.com/team/shop:1.4.2",
      mailer: "team/mailer@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6",
      migrations: "registry.example.com/team/shop:1.4.2",
    });
    expect(ownImages(settingsOfSystem(audifi))).toEqual({});
  });
});
