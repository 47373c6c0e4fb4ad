import { describe, expect, it } from "vitest";
import { makeWay } from "../../../../components/shared/make-way";
import { registeredBy } from "../../../support/mocks";
import { optionsOf } from "../../../support/resource-options";

const host = { ssh: undefined, directory: "/var/lib/backline/dev", stack: "dev" };
const program = (): void => {
  makeWay("api-0-name", host, "dev-api-0-abc", "sha256:1", {});
};
const inputs = async () =>
  (await registeredBy("dev", program)).find(({ name }) => name === "api-0-name")?.inputs;

describe("makeWay", () => {
  it("frees the name of the container that is made, each time that another one is", async () => {
    expect(await inputs()).toMatchObject({
      create: "sh -s",
      stdin: expect.stringContaining("docker inspect --type container --format '{{.Id}}' dev-api-0-abc "),
      triggers: ["dev-api-0-abc", "sha256:1"],
    });
    // An input that is ignored would be the one of the container before.
    expect((await optionsOf("dev", program))["api-0-name"]?.ignoreChanges).toBeUndefined();
  });

  it("renames nothing where no container is made", async () => {
    expect(await inputs()).toMatchObject({ update: "true" });
  });
});
