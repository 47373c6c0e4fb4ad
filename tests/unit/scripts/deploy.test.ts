import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as asking from "../../../scripts/operations/ask";
import { withRelease } from "../../../scripts/operations/stack-file";
import { up } from "../../../scripts/operations/up";
import {
  fakeSession,
  type ReleasedStack,
  record,
  releasedStack,
  stackText,
} from "../../support/released-stack";

vi.mock("../../../scripts/operations/session", () => ({
  sessionFor: (of: Parameters<typeof fakeSession>[0]) => fakeSession(of),
}));
// What is installed, and which ports are free, is told elsewhere.
vi.mock("../../../scripts/operations/install", () => ({
  planInstall: async () => ({ sentences: [] }),
  consent: async () => undefined,
  install: async () => ({ toolchain: { kind: "registry" }, images: undefined }),
  engineWay: async () => "official",
}));
vi.mock("../../../scripts/operations/ports", () => ({ requirePorts: async () => undefined }));
vi.mock("../../../scripts/operations/images", () => ({
  mustSend: async () => false,
  needsDocker: () => false,
  neededImages: () => [],
}));
vi.mock("../../../scripts/operations/ask");

const [old, current] = [record("aaaaaaaaaaaa"), record("bbbbbbbbbbbb")];
const held = withRelease(stackText, old);

let qa: ReleasedStack;
beforeEach(() => {
  qa = releasedStack();
  qa.writeStackFile(held);
});
afterEach(() => qa.remove());

const run = (release: "held" | "sources", yes = true) => up({ root: qa.root, stack: "qa", yes, release });

describe("a stack that is held at a release", () => {
  it("stays there with up", async () => {
    qa.be({ records: [old, current, { ...old, rolledBackFrom: current.id }] });
    expect(await run("held")).toMatchObject({ healthy: true, release: old.id });
    expect([qa.deployed(), qa.stackFile()]).toEqual([held, held]);
    expect(qa.said()).toContain(`release ${old.id} serves as before\n`);
  });

  it("goes on from the sources with deploy", async () => {
    const now = { when: new Date(Date.now() + 1000).toISOString() };
    qa.be({ records: [old, { ...current, ...now }] });
    await run("sources");
    expect([qa.deployed(), qa.stackFile()]).toEqual([stackText, stackText]);
    expect(qa.said()).toContain(
      `release ${current.id} serves, after ${old.id}; new: api, migrations, web, worker, ws\n`,
    );
  });

  it("is held again when the user does not agree to what is shown", async () => {
    qa.be({ records: [old] });
    vi.mocked(asking.ask).mockImplementation(async () => {
      // What is shown is what would be done.
      expect(qa.stackFile()).toBe(stackText);
      return false;
    });
    await expect(run("sources", false)).rejects.toThrow("nothing was changed");
    expect([qa.deployed(), qa.stackFile()]).toEqual([undefined, held]);
  });

  it("is deployed from the sources also where the release is none of this system any more", async () => {
    qa.writeStackFile(`${stackText}  backline:release: {id: x}\n`);
    qa.be({ records: [old] });
    await expect(run("held")).rejects.toThrow("Pulumi.qa.yaml: release.images: is not set");
    await run("sources");
    expect(qa.stackFile()).toBe(stackText);
  });
});
