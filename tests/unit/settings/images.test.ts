import { describe, expect, it } from "vitest";
import { errors, local, resolution, secrets } from "../../support/resolution";

const elsewhere = {
  address: "203.0.113.10",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH7TTH3deiviDjWmMNVv9gJJIoixJ/K1THxeWvuQR/jG",
};

describe("the settings of images", () => {
  it.each([
    [
      "sending to this machine",
      { bundled: "send" },
      'images.bundled: "send" needs a host elsewhere, and this stack runs on Docker on this machine; write "build", or set host.address',
    ],
    [
      "pushing to nowhere",
      { bundled: "registry" },
      'images.repository: is not set, and "registry" pushes there; write "registry.example.com/team"',
    ],
    [
      "a repository that nothing uses",
      { repository: "registry.example.com/team" },
      'images.repository: is used by images.bundled: registry alone, and that says "build"; write "registry" there or remove this key',
    ],
    [
      "a repository without a registry",
      { bundled: "registry", repository: "team" },
      'images.repository: "team" does not begin with a registry\'s host; write "registry.example.com/team", or "docker.io/team" for Docker Hub',
    ],
    [
      "a repository with a scheme",
      { bundled: "registry", repository: "https://registry.example.com" },
      'images.repository: "https://registry.example.com" is not a registry prefix; write "mirror.example.com" or "mirror.example.com:5000/path", without a scheme or a final "/"',
    ],
    [
      "another way",
      { bundled: "push" },
      'images.bundled: "push" is not a choice; write "build" or "send" or "registry"',
    ],
  ])("refuse %s", (_name, images, message) => {
    expect(errors({ images })).toEqual([`Pulumi.dev.yaml: ${message}`]);
  });

  it("build on the host by default", () => {
    const result = resolution({ ...local, secrets });
    expect(result.ok && result.settings.images).toMatchObject({ bundled: "build", repository: undefined });
  });

  it("take a repository on a registry with a port", () => {
    const images = { bundled: "registry", repository: "127.0.0.1:5000/team" };
    const result = resolution({ ...local, secrets, images });
    expect(result.ok && result.settings.images).toMatchObject(images);
  });

  it("send to a host elsewhere", () => {
    const result = resolution({ ...local, secrets, host: elsewhere, images: { bundled: "send" } }, "warn");
    expect(result.ok && result.settings.images.bundled).toBe("send");
  });
});
