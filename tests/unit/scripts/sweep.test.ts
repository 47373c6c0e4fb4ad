import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keptReleases } from "../../../components/shared/names";
import { sweepImages } from "../../../scripts/operations/sweep";
import { captureOutput, type FakePrograms, fakePrograms } from "../../support/fake-programs";
import { record } from "../../support/released-stack";

let programs: FakePrograms;
let folder: string;
beforeEach(() => {
  programs = fakePrograms();
  folder = mkdtempSync(join(tmpdir(), "backline-sweep-"));
  writeFileSync(join(folder, "removed"), "");
});
afterEach(() => {
  vi.restoreAllMocks();
  programs.remove();
  rmSync(folder, { recursive: true });
});

/** Releases whose images have the versions 0, 1, 2 ... */
const releases = Array.from({ length: keptReleases + 1 }, (_, version) => record(`${version}`.repeat(12)));
const imagesOf = (version: number) => Object.values(releases[version]?.images ?? {});

/** What is removed of these images, of a stack with all those releases. */
async function removed(...images: string[]): Promise<string[]> {
  writeFileSync(join(folder, "images"), `${images.join("\n")}\n`);
  programs.add(
    "docker",
    `case "$1 $2" in
      "image ls") cat ${folder}/images ;;
      "image rm") shift 2; printf '%s\\n' "$@" >> ${folder}/removed; cat ${folder}/fault >&2 2> /dev/null && exit 1 || exit 0 ;;
      *) exit 9 ;;
    esac`,
  );
  await sweepImages({ stack: "qa" }, { releases });
  return readFileSync(join(folder, "removed"), "utf8").split("\n").slice(0, -1);
}

it("removes the images of releases before the last ones, and of those that were never good", async () => {
  const failed = "backline/qa-api:ffffffffffff";
  const all = releases.flatMap((_, version) => imagesOf(version));
  expect(await removed(...all, failed, "<none>:<none>")).toEqual([...imagesOf(0), failed]);
});

it("removes nothing where there is nothing else", async () => {
  expect(await removed(...imagesOf(1), ...imagesOf(keptReleases))).toEqual([]);
});

it("does not fail a good update for an image that is in use", async () => {
  const output = captureOutput();
  writeFileSync(join(folder, "fault"), "conflict: unable to remove repository reference");
  await removed(...imagesOf(0));
  expect(output.text().stderr).toContain(
    "images of earlier releases stay until the next deploy: docker image failed: conflict",
  );
});
