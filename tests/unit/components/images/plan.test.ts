import { describe, expect, it } from "vitest";
import { bundledReference, catalogue, imageReference, registryHost } from "../../../../components/images";
import { type DeliveryArgs, planDelivery } from "../../../../components/images/plan";
import { access } from "./engines";

const source = { registry: undefined, source: "registry", bundled: "build", repository: undefined } as const;
const bundles = [{ reference: "backline/staging-api:0123456789ab", directory: "build/api" }];

describe("the reference of a third-party image", () => {
  it("has the digest where it is pulled", () => {
    expect(imageReference(catalogue.caddy, source)).toBe(`caddy:2.11.7-alpine@${catalogue.caddy.digest}`);
  });

  it("begins with the mirror", () => {
    expect(imageReference(catalogue.caddy, { ...source, registry: "mirror.example.com" })).toBe(
      `mirror.example.com/caddy:2.11.7-alpine@${catalogue.caddy.digest}`,
    );
  });

  it("is name and version where it is on this machine", () => {
    expect(imageReference(catalogue.caddy, { ...source, source: "local" })).toBe("caddy:2.11.7-alpine");
  });
});

describe("the reference of an image of a bundled service", () => {
  const bundle = { name: "api", hash: "0123456789ab" };

  it("is the same where it is built and where it is sent, so that a change of the way replaces no container", () => {
    expect(bundledReference("staging", source, bundle)).toBe("backline/staging-api:0123456789ab");
    expect(bundledReference("staging", { ...source, bundled: "send" }, bundle)).toBe(
      "backline/staging-api:0123456789ab",
    );
  });

  it("is in the repository that it is pushed to", () => {
    expect(
      bundledReference("staging", { bundled: "registry", repository: "registry.example.com/team" }, bundle),
    ).toBe("registry.example.com/team/staging-api:0123456789ab");
  });
});

describe("the host of a registry", () => {
  it.each([
    ["registry.example.com/team", "registry.example.com"],
    ["127.0.0.1:5000/a/b", "127.0.0.1:5000"],
    ["localhost/team", "localhost"],
    ["team/images", undefined],
    ["team", undefined],
  ])("of %s is %s", (repository, host) => {
    expect(registryHost(repository)).toBe(host);
  });
});

describe("what this machine does for the images of a host", () => {
  const plan = (more: Partial<DeliveryArgs["source"]>, where: Pick<DeliveryArgs, "ssh"> = { ssh: access }) =>
    planDelivery({
      stack: "staging",
      ...where,
      catalogue,
      thirdParty: ["node", "caddy"],
      own: [],
      bundles,
      source: { ...source, ...more },
    });
  const sent = ["node:24.21.0-bookworm-slim", "caddy:2.11.7-alpine"];

  it("is nothing where the host pulls and builds", () => {
    expect(plan({})).toBeUndefined();
  });

  it("is nothing where the host is this machine, which has its images", () => {
    expect(plan({ source: "local" }, { ssh: undefined })).toBeUndefined();
  });

  it("is to send the third-party images that are here alone", () => {
    expect(plan({ source: "local" })).toEqual({
      stack: "staging",
      ssh: access,
      sent,
      built: [],
      outcome: "send",
    });
  });

  it("is to build and send the bundled ones, together with the others", () => {
    expect(plan({ source: "local", bundled: "send" })).toEqual({
      stack: "staging",
      ssh: access,
      sent,
      built: bundles,
      outcome: "send",
    });
  });

  it("is to build and push, also where the host is this machine", () => {
    const built = bundles;
    const repository = "registry.example.com/team";
    expect(plan({ bundled: "registry", repository })).toMatchObject({ sent: [], built, outcome: "push" });
    expect(plan({ bundled: "registry", repository }, { ssh: undefined })).toMatchObject({
      ssh: undefined,
      built,
      outcome: "push",
    });
  });
});
