import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordScript } from "../../../../components/release/record-script";
import { parseRecords, type Release, releaseId } from "../../../../components/release/release";
import { type FakePrograms, fakePrograms } from "../../../support/fake-programs";

/** A container's script runs here, in a folder in the place of the volume. Images are lines of a file. */
const docker = (folder: string) => `
echo "$1 $2" >> ${folder}/log
case "$1 $2" in
  "run "*) echo "$*" > ${folder}/run; exec sh -euc "$(printf %s "$last" | sed 's|cd /releases|cd ${folder}/volume|')" ;;
  "image ls") cat ${folder}/images ;;
  "image rm") grep -qx "$last" ${folder}/used && exit 1; echo "$last" >> ${folder}/removed ;;
esac`;

let programs: FakePrograms;
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backline-releases-"));
  programs = fakePrograms();
  programs.add("docker", docker(folder));
  for (const file of ["images", "used", "removed"]) writeFileSync(join(folder, file), "");
});
afterEach(() => {
  programs.remove();
  rmSync(folder, { recursive: true });
});

const lines = (file: string): string[] =>
  readFileSync(join(folder, file), "utf8")
    .split("\n")
    .filter((line) => line !== "");

/** A release whose API has this version. */
function release(api: string, repository = "backline"): Release {
  const version = api.padStart(12, "0");
  const images = {
    api: `${repository}/qa-api:${version}`,
    migrations: `${repository}/qa-migrations:0123456789ab`,
  };
  return { id: releaseId(images), images, migration: "0007_x", contracts: ["0005_y"] };
}

async function record(of: Release, { rollback = false, env = {} } = {}) {
  await execa("mkdir", ["-p", join(folder, "volume")]);
  const script = recordScript({
    ...{ stack: "qa", release: of, rollback, volume: "qa-releases-data" },
    image: "backline/qa-migrations:0123456789ab",
  });
  const { stdout } = await execa("sh", ["-s"], {
    input: `set -eu\non_host() { sh -c "$1"; }\n${script}`,
    env: { GITHUB_ACTOR: "", GITLAB_USER_LOGIN: "", ...env },
  });
  return parseRecords(stdout);
}

const [a, b, c] = [release("a"), release("b"), release("c")];

describe("a good release", () => {
  it("is written down with its images, its migrations, the time and who it was", async () => {
    const before = Date.now();
    const records = await record(a);
    expect(records).toEqual([
      { ...a, when: expect.any(String), who: `${userInfo().username}@${hostname()}` },
    ]);
    const when = Date.parse(records[0]?.when ?? "");
    expect(when).toBeGreaterThanOrEqual(before - 1000);
    expect(when).toBeLessThanOrEqual(Date.now());
    expect(readFileSync(join(folder, "run"), "utf8")).toMatch(
      /^run --rm --read-only .*--cap-drop ALL .*-i --network none --user 0:0 --volume qa-releases-data:\/releases --entrypoint \/bin\/sh backline\/qa-migrations:0123456789ab -euc /,
    );
  });

  it.each([
    [{ GITHUB_ACTOR: "octocat" }, "octocat"],
    [{ GITLAB_USER_LOGIN: "ada.l" }, "ada.l"],
    [{ GITHUB_ACTOR: `dep"endabot[bot],\\ x` }, "dependabotbotx"],
  ])("is that of whom CI acts for: %j", async (env, who) => {
    expect(await record(a, { env })).toMatchObject([{ who }]);
  });

  it("is added to those before, newest last, and not written down twice", async () => {
    await record(a);
    const first = await record(b);
    expect(first.map(({ id }) => id)).toEqual([a.id, b.id]);
    expect(await record(b, { env: { GITHUB_ACTOR: "another" } })).toEqual(first);
  });

  it("is written down again with the same content under other names", async () => {
    await record(a);
    const moved = release("a", "registry.example.com/team");
    expect(moved.id).toBe(a.id);
    expect((await record(moved)).map(({ id, images }) => [id, images.api])).toEqual([
      [a.id, a.images.api],
      [a.id, moved.images.api],
    ]);
  });

  it("says what it was gone back from", async () => {
    await record(a);
    await record(b);
    expect((await record(a, { rollback: true })).map(({ rolledBackFrom }) => rolledBackFrom)).toEqual([
      undefined,
      undefined,
      b.id,
    ]);
  });

  it("that runs and is gone back to, after one that failed, stays as it is", async () => {
    const before = await record(a);
    expect(await record({ ...a, contracts: [] }, { rollback: true })).toEqual(before);
  });

  it("is one of the last twenty", async () => {
    const all = Array.from({ length: 22 }, (_, number) => release(number.toString(16)));
    let records: { id: string }[] = [];
    for (const one of all) records = await record(one);
    expect(records.map(({ id }) => id)).toEqual(all.slice(2).map(({ id }) => id));
  });
});

describe("the images of earlier releases", () => {
  const releases = ["1", "2", "3", "4", "5", "6", "7"].map((version) => release(version));
  const image = (version: string) => `backline/qa-api:${version.padStart(12, "0")}`;

  async function deployed(...versions: string[]): Promise<void> {
    writeFileSync(
      join(folder, "images"),
      [
        ...versions.map(image),
        "backline/qa-migrations:0123456789ab",
        "<none>:<none>",
        "backline/qa-api:<none>",
        "",
      ].join("\n"),
    );
  }

  it("go, but for those of the last five releases, those that failed included", async () => {
    for (const one of releases.slice(0, 6)) await record(one);
    await deployed("1", "2", "3", "4", "5", "6", "7", "f");
    await record(releases[6] ?? a);
    expect(lines("removed")).toEqual([image("1"), image("2"), image("f")]);
    expect(lines("log").at(-1)).toBe("image prune");
  });

  it("stay where a container uses them", async () => {
    for (const one of releases.slice(0, 6)) await record(one);
    await deployed("1", "2");
    writeFileSync(join(folder, "used"), image("1"));
    await record(releases[6] ?? a);
    expect(lines("removed")).toEqual([image("2")]);
  });

  it("are counted by releases, however often one was gone back to", async () => {
    for (const one of releases.slice(0, 5)) await record(one);
    for (const one of [3, 4, 3, 4, 3]) await record(releases[one] ?? a, { rollback: true });
    await deployed("1", "2", "3", "4", "5", "f");
    await record(releases[4] ?? a);
    expect(lines("removed")).toEqual([image("f")]);
  });

  it("are known where Docker leaves the name of its own registry out", async () => {
    const hub = release("1", "docker.io/team");
    writeFileSync(join(folder, "images"), "team/qa-api:000000000001\nteam/qa-api:000000000002\n");
    await record(hub);
    expect(lines("removed")).toEqual(["team/qa-api:000000000002"]);
  });
});

describe("the id of a release", () => {
  it("is that of the content, in every stack and in every registry", () => {
    expect(a.id).toMatch(/^[0-9a-f]{8}$/);
    expect(releaseId({ api: "x/other-api:00000000000a", migrations: "m:0123456789ab" })).toBe(a.id);
    expect(new Set([a.id, b.id, c.id]).size).toBe(3);
  });

  it("does not depend on the order of the services", () => {
    expect(releaseId(Object.fromEntries(Object.entries(a.images).reverse()))).toBe(a.id);
  });
});

it("lines that are no release are passed over", () => {
  expect(parseRecords('\n{"id":"x"}\nnonsense\n')).toEqual([]);
});
