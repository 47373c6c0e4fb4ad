import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rollback } from "../../../scripts/operations/rollback";
import {
  fakeSession,
  type ReleasedStack,
  record,
  releasedServices,
  releasedStack,
  stackText,
} from "../../support/released-stack";

vi.mock("../../../scripts/operations/session", () => ({
  openSession: async (of: Parameters<typeof fakeSession>[0]) => fakeSession(of),
}));

const [old, current] = [record("aaaaaaaaaaaa"), record("bbbbbbbbbbbb")];

let qa: ReleasedStack;
beforeEach(() => {
  qa = releasedStack();
});
afterEach(() => qa.remove());

const back = (release?: string) => rollback({ root: qa.root, stack: "qa", release, yes: true });

describe("a rollback", () => {
  it("makes the stack's file hold the release before, and runs an update with it", async () => {
    qa.be({ records: [old, current] });
    const status = await back();
    expect(status).toMatchObject({ stack: "qa", healthy: true });
    const held = [
      "  backline:release:",
      `    id: ${old.id}`,
      "    migration: 0007_x",
      "    images:",
      ...releasedServices.map((name) => `      ${name}: backline/qa-${name}:aaaaaaaaaaaa`),
      "",
    ].join("\n");
    expect(qa.stackFile()).toBe(`${stackText}${held}`);
    expect(qa.deployed()).toBe(qa.stackFile());
    expect(qa.said()).toContain(
      `from ${current.id} back to ${old.id}, of 2020-01-31T12:00:00Z by ada@laptop: api, migrations, web, worker, ws\n`,
    );
  });

  it.each(["failed", "killed"] as const)(
    "holds the release that serves, after an update that was: %s",
    async (lastUpdate) => {
      qa.be({ records: [old, current], lastUpdate });
      await back();
      expect(qa.stackFile()).toContain(`id: ${current.id}\n`);
      expect(qa.said()).toContain("what the failed update has left is removed");
    },
  );

  it.each([
    ["an unknown release", { records: [old, current] }, "nonsense", /has no release "nonsense"/],
    [
      "one whose images are gone",
      { records: [old, current], stored: [current] },
      old.id,
      /are gone from the host/,
    ],
    [
      "one before a contract",
      { records: [old, { ...current, migration: "0008_y", contracts: ["0008_y"] }] },
      undefined,
      /: 0008_y took away what it needs/,
    ],
  ])("to %s is refused as bad input, and nothing is touched", async (_what, facts, release, sentence) => {
    qa.be(facts);
    await expect(back(release)).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringMatching(sentence),
    });
    expect(qa.stackFile()).toBe(stackText);
    expect(qa.deployed()).toBeUndefined();
  });

  it("that fails says which replica failed which check, and holds on to the release", async () => {
    const said = [
      "Diagnostics:",
      "  command:local:Command (api-1-gate):",
      '    error: exit status 1: running "sh -s":',
      "    qa-api-1-0123456789 keeps starting over (exit code 1)",
      "    last lines of its log:",
      "    out of memory",
    ];
    qa.be({
      records: [old, current],
      up: `printf '%s\\n' ${said.map((line) => `'${line}'`).join(" ")}; exit 255`,
    });
    await expect(back()).rejects.toThrow(
      [
        "rollback qa failed:",
        "",
        "  api 1: qa-api-1-0123456789 keeps starting over (exit code 1)",
        "  last lines of its log:",
        "  out of memory",
        "",
        `The release ${current.id} serves on. The same rollback would fail again. What it has left goes with the next good deploy, or with ./backline rollback qa ${current.id}.`,
      ].join("\n"),
    );
    expect(qa.stackFile()).toContain(`id: ${old.id}\n`);
  });

  it("does not look at a release that the file holds and that is none of this system", async () => {
    qa.writeStackFile(`${stackText}  backline:release: { id: x }\n`);
    qa.be({ records: [old, current] });
    await back();
    expect(qa.stackFile()).toContain(`id: ${old.id}\n`);
  });
});
