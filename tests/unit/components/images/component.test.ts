import { describe, expect, it } from "vitest";
import { catalogue, type ImageSource, Images, pullArgs } from "../../../../components/images";
import type { SshAccess } from "../../../../components/shared/ssh";
import { type Registered, registeredBy } from "../../../support/mocks";
import { access } from "./engines";

const source: ImageSource = {
  registry: undefined,
  source: "registry",
  bundled: "build",
  repository: undefined,
};
const bundle = {
  base: "node" as const,
  name: "api",
  hash: "0123456789ab",
  directory: `${process.cwd()}/.backline/build/api`,
};
const label = "backline.stack=staging";

function registered(
  more: Partial<ImageSource>,
  ssh: SshAccess | undefined,
  { reference = "backline/staging-api:0123456789ab", built = true } = {},
): Promise<Registered[]> {
  return registeredBy("staging", () => {
    const host = { ssh, stack: "staging", directory: "/var/lib/backline" };
    const images = new Images("image", {
      host,
      source: { ...source, ...more },
      catalogue,
      thirdParty: ["node"],
      services: [{ name: "api", reference, bundle: built ? bundle : undefined }],
      own: [],
      after: [],
    });
    images.thirdParty("node");
    images.service("api");
  });
}

const inputs = (all: readonly Registered[], name: string) => all.find((one) => one.name === name)?.inputs;
const names = (all: readonly Registered[]) =>
  all
    .map(({ name }) => name)
    .filter((name) => name.startsWith("image"))
    .sort();

describe("the images of a stack", () => {
  it("are pulled and built by the host, and this machine does nothing", async () => {
    const all = await registered({}, access);
    expect(names(all)).toEqual(["image", "image-api", "image-node", "image-removal"]);
    expect(inputs(all, "image-node")).toEqual({
      name: `node:24.21.0-bookworm-slim@${catalogue.node.digest}`,
      keepLocally: true,
    });
    expect(inputs(all, "image-api")).toEqual({
      name: "backline/staging-api:0123456789ab",
      keepLocally: true,
      build: {
        context: ".backline/build/api",
        useLegacyBuilder: true,
        labels: { "backline.stack": "staging" },
        remove: true,
        forceRemove: true,
      },
    });
  });

  it("are sent by one command before the host looks for them", async () => {
    const all = await registered({ source: "local", bundled: "send" }, access);
    expect(names(all)).toEqual(["image", "image-api", "image-delivery", "image-node", "image-removal"]);
    expect(inputs(all, "image-node")).toEqual({ name: "node:24.21.0-bookworm-slim", keepLocally: true });
    expect(inputs(all, "image-api")).toEqual({
      name: "backline/staging-api:0123456789ab",
      keepLocally: true,
    });
    const order = all.map(({ name }) => name);
    expect(order.indexOf("image-delivery")).toBeLessThan(order.indexOf("image-node"));
    expect(order.indexOf("image-delivery")).toBeLessThan(order.indexOf("image-api"));
    const delivery = inputs(all, "image-delivery");
    expect(delivery).toMatchObject({ create: "sh -s", delete: expect.stringContaining(label) });
    // Relative, so that another checkout of the same sources is no change.
    expect(delivery?.stdin).toContain("bring backline/staging-api:0123456789ab .backline/build/api\n");
  });

  it("are pushed, and pulled under the same name", async () => {
    const repository = "registry.example.com/team";
    const reference = "registry.example.com/team/staging-api:0123456789ab";
    const all = await registered({ bundled: "registry", repository }, undefined, { reference });
    expect(inputs(all, "image-api")).toEqual({ name: reference, keepLocally: true });
    const delivery = inputs(all, "image-delivery");
    expect(delivery?.stdin).toContain(`push ${reference} .backline/build/api\n`);
    // The images here are those of the host, which a container may use.
    expect(delivery).not.toHaveProperty("delete");
  });

  it.each(["build", "send", "registry"] as const)(
    "of a release before are looked for, and neither built nor sent nor pushed: %s",
    async (bundled) => {
      const repository = bundled === "registry" ? "registry.example.com/team" : undefined;
      const all = await registered({ bundled, repository }, access, { built: false });
      expect(names(all)).toEqual(["image", "image-api", "image-node", "image-removal"]);
      expect(inputs(all, "image-api")).toEqual({
        name: "backline/staging-api:0123456789ab",
        // The one that it takes the place of stays too: it is the release that may be gone back to.
        keepLocally: true,
      });
    },
  );

  it("go with the stack, over SSH where the host is elsewhere", async () => {
    expect(inputs(await registered({}, undefined), "image-removal")).toEqual({
      delete: expect.stringMatching(/^set -eu\ncommand -v docker/),
    });
    expect(inputs(await registered({}, access), "image-removal")?.delete).toContain("ops 203.0.113.10");
  });
});

describe("what the provider is told to pull with", () => {
  it("is the registry's host, and no credentials", () => {
    expect(
      pullArgs({ ...source, bundled: "registry", repository: "registry.example.com:5000/team" }),
    ).toEqual({
      registryAuth: [{ address: "registry.example.com:5000" }],
    });
  });

  it.each(["build", "send"] as const)("is nothing where images are not pushed: %s", (bundled) => {
    expect(pullArgs({ ...source, bundled })).toEqual({});
  });
});
