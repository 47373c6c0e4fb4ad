import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../../components/shared/errors";
import { majorOf, requireSameData } from "../../../scripts/operations/same-data";
import { type FakePrograms, fakePrograms } from "../../support/fake-programs";
import { settingsOf } from "../../support/plans";

const dev = "config:\n  backline:proxy: { certificates: internal }\n";
const later = `${dev}  backline:images: { override: { postgres: "postgres:16.10-bookworm" } }\n`;
const movedSystem =
  'Pulumi.dev.yaml: system: "audifi" keeps its data in a database of that name, and the stack\'s data is in "shop"; write system: shop, or make another stack for it: ./backline init <stack> --domain <domain>';
const newMajor =
  "Pulumi.dev.yaml: images.override.postgres: PostgreSQL 16 cannot read what PostgreSQL 15 has stored; name a version 15, or make another stack and move the data there with pg_dump";

let programs: FakePrograms;
beforeEach(() => {
  programs = fakePrograms();
});
afterEach(() => programs.remove());

/** A Docker on which the stack's PostgreSQL has this database and image; undefined: there is none. */
function docker(database: string | undefined, image = "postgres:15.19-bookworm"): void {
  const inspected = [{ Config: { Image: image, Env: ["PGDATA=/data", `POSTGRES_DB=${database}`] } }];
  programs.add(
    "docker",
    `case "$1 $2" in
      "container ls") ${database === undefined ? ":" : "echo 4711"} ;;
      "container inspect") echo '${JSON.stringify(inspected)}' ;;
      *) exit 9 ;;
    esac`,
  );
}

describe("a deploy", () => {
  it.each([
    ["another system", dev, "shop", [movedSystem]],
    ["another major version of PostgreSQL", later, "audifi", [newMajor]],
    ["both", later, "shop", [movedSystem, newMajor]],
  ])("is refused where the data of the stack is that of %s", async (_what, text, database, lines) => {
    docker(database);
    const error: unknown = await requireSameData({ stack: "dev" }, settingsOf(text)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(InputError);
    expect(Object(error).message).toBe(lines.join("\n"));
  });

  it.each([
    ["the same data", "audifi", "postgres:15.17-bookworm"],
    ["an image by its digest", "audifi", `sha256:${"1f".repeat(32)}`],
    ["no PostgreSQL yet", undefined, ""],
  ])("goes on with %s", async (_what, database, image) => {
    docker(database, image);
    await requireSameData({ stack: "dev" }, settingsOf(dev));
    expect(programs.calls("docker").length).toBe(database === undefined ? 1 : 2);
  });
});

describe("majorOf", () => {
  it.each([
    ["postgres:15.19-bookworm", "15"],
    ["postgres:16", "16"],
    ["mirror.example.com:5000/library/postgres:17-alpine", "17"],
    [`postgres:15.19-bookworm@sha256:${"1f".repeat(32)}`, "15"],
    [`postgres@sha256:${"1f".repeat(32)}`, undefined],
    ["postgres:latest", undefined],
  ])("of %s is %s", (reference, major) => {
    expect(majorOf(reference)).toBe(major);
  });
});
