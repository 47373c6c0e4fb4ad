import { describe, expect, it } from "vitest";
import { releaseId } from "../../../components/release/release";
import { errors, local, resolution, secrets } from "../../support/resolution";

const images = Object.fromEntries(
  ["api", "ws", "worker", "web", "migrations"].map((name) => [name, `backline/dev-${name}:0123456789ab`]),
);
const release = { id: releaseId(images), migration: "0007_x", images };
const mend = "remove release and deploy, or let ./backline rollback write it anew";

describe("a release that a stack is held at", () => {
  it("is taken as it is, with a warning", () => {
    const result = resolution({ ...local, secrets, release });
    if (!result.ok) throw new Error("it is right");
    expect(result.settings.release).toEqual(release);
    expect(result.warnings).toContainEqual({
      code: "release-held",
      file: "Pulumi.dev.yaml",
      path: "release",
      message: `holds the stack at the release ${release.id}, so that changed services are not deployed; ./backline deploy dev goes on from the sources`,
    });
  });

  it.each([{}, undefined])("is none in what Pulumi.yaml gives who holds none: %j", (none) => {
    const result = resolution({ ...local, secrets, ...(none === undefined ? {} : { release: none }) });
    if (!result.ok) throw new Error("it is right");
    expect(result.settings.release).toBeUndefined();
    expect(result.warnings.map(({ code }) => code)).not.toContain("release-held");
  });

  const { api: _api, ...others } = images;
  it.each([
    [
      "in part",
      { id: release.id },
      [
        `release.images: is not set, and the others of its group are; ${mend}`,
        `release.migration: is not set, and the others of its group are; ${mend}`,
      ],
    ],
    [
      "of a system without a service",
      { ...release, images: others },
      [`release.images: has no image of "api", which the stack runs since that release; ${mend}`],
    ],
    [
      "of a system with another service",
      { ...release, images: { ...images, mail: "backline/dev-mail:0123456789ab" } },
      [`release.images.mail: is the image of a service that the stack does not run now; ${mend}`],
    ],
    [
      "with an image of another",
      { ...release, images: { ...images, api: "backline/dev-api:ffffffffffff" } },
      [`release.id: "${release.id}" is not the release of these images; ${mend}`],
    ],
    [
      "with an image without a version",
      { ...release, images: { ...images, api: "nginx:latest" } },
      [
        'release.images.api: "nginx:latest" is no image that a release can have; let ./backline rollback write release',
      ],
    ],
  ])("is refused %s", (_what, value, messages) => {
    expect(errors({ release: value })).toEqual(messages.map((message) => `Pulumi.dev.yaml: ${message}`));
  });
});
