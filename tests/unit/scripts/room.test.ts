import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OperationError } from "../../../components/shared/errors";
import { dockerTarget } from "../../../scripts/operations/docker";
import { fail, ok } from "../../../scripts/operations/doctor/finding";
import { checkRoom, judgeRoom } from "../../../scripts/operations/doctor/room";
import {
  parseFree,
  type Room,
  requireRoom,
  roomOfDocker,
  roomOfState,
} from "../../../scripts/operations/room";
import { type FakePrograms, fakePrograms } from "../../support/fake-programs";
import { hostSettings } from "../../support/host-stack";

const mib = 2 ** 20;
const gib = 2 ** 30;

const room = (free: number): Room => ({
  what: "Docker's images and data",
  path: "/var/lib/docker",
  free,
  need: gib,
  mend: "docker system df shows what takes room there",
});

const df = (kibibytes: number): string =>
  `Filesystem     1024-blocks  Used Available Capacity Mounted on\n/dev/vdb           1992552    36   ${kibibytes}       1% /data`;

/** A Docker with both stores, whose file systems have so much room. */
const dockerWith = (kibibytes: number): string =>
  [
    'case "$1 $*" in',
    `  info*) echo '{"DockerRootDir":"/"}' ;;`,
    "  container*service=postgres) echo 1f0c ;;",
    "  container*service=redis) echo 2e3d ;;",
    `  exec*) echo '${df(kibibytes)}' ;;`,
    "esac",
  ].join("\n");

let programs: FakePrograms;
let folder: string;
beforeEach(() => {
  programs = fakePrograms();
  folder = mkdtempSync(join(tmpdir(), "backline-room-"));
  vi.stubEnv("DOCKER_HOST", "");
});
afterEach(() => {
  programs.remove();
  rmSync(folder, { recursive: true });
});

describe("room for an update", () => {
  it("that is there lets it begin", () => {
    expect(() => requireRoom([room(gib), room(5 * gib)])).not.toThrow();
  });

  it("that lacks refuses it, with the path, what is free, what is needed and the mend, for each file system", () => {
    const state = { ...room(12 * mib), what: "the state", path: "/project/.backline", need: 256 * mib };
    expect(() => requireRoom([room(0.5 * gib), room(gib), { ...state, mend: "delete something" }])).toThrow(
      new OperationError(
        [
          "the disk is almost full: Docker's images and data, at /var/lib/docker: 512 MiB free, and an update needs 1.0 GiB; docker system df shows what takes room there, and run the command again",
          "the disk is almost full: the state, at /project/.backline: 12 MiB free, and an update needs 256 MiB; delete something, and run the command again",
        ].join("\n"),
      ),
    );
  });

  it("is a line of doctor's list", () => {
    const detail = "Docker's images and data, at /var/lib/docker";
    expect(judgeRoom(room(0))).toEqual(
      fail(
        "disk (Docker's images and data)",
        `${detail}: 0 MiB free, and an update needs 1.0 GiB`,
        "docker system df shows what takes room there",
      ),
    );
    expect(judgeRoom(room(2 * gib))).toEqual(
      ok("disk (Docker's images and data)", `${detail}: 2.0 GiB free, and an update needs 1.0 GiB`),
    );
  });
});

describe("the room of the state", () => {
  it("is that of the checkout, whether its folder is there yet or not", async () => {
    const [found] = await roomOfState(join(folder, "not", "there"));
    expect(found).toMatchObject({
      what: "the state",
      path: join(folder, "not", "there", ".backline", "state"),
    });
    expect(found?.free).toBeGreaterThan(0);
  });

  it("is that of a folder that the user has named", async () => {
    vi.stubEnv("PULUMI_BACKEND_URL", pathToFileURL(folder).href);
    expect(await roomOfState("/project")).toMatchObject([{ path: folder }]);
  });

  it("is nobody's here when the state is elsewhere", async () => {
    vi.stubEnv("PULUMI_BACKEND_URL", "s3://states");
    expect(await roomOfState("/project")).toEqual([]);
  });
});

describe("the room of Docker", () => {
  it("is that of its folder, and that of the stores as they see it themselves", async () => {
    programs.add("docker", dockerWith(100 * 1024));
    const found = await roomOfDocker({ stack: "dev" });
    expect(found.map(({ path }) => path)).toEqual(["/", "/var/lib/postgresql/data", "/data"]);
    expect(found.slice(1).map(({ free }) => free)).toEqual([100 * mib, 100 * mib]);
    expect(() => requireRoom(found.slice(1))).toThrow(
      "PostgreSQL's data (dev-postgres-data), at /var/lib/postgresql/data: 100 MiB free, and an update needs 256 MiB; make room in the volume dev-postgres-data",
    );
  });

  it("leaves out a folder that is on another machine", async () => {
    vi.stubEnv("DOCKER_HOST", "tcp://docker:2375");
    programs.add("docker", dockerWith(1));
    expect((await roomOfDocker({ stack: "dev" })).map(({ path }) => path)).toEqual([
      "/var/lib/postgresql/data",
      "/data",
    ]);
  });

  it("leaves out stores that do not run, as before a first update", async () => {
    programs.add("docker", `[ "$1" = info ] && echo '{"DockerRootDir":"/"}'; exit 0`);
    expect((await roomOfDocker({ stack: "dev" })).map(({ path }) => path)).toEqual(["/"]);
  });

  it("leaves out a store that ends at that moment", async () => {
    programs.add(
      "docker",
      `case $1 in info) echo '{"DockerRootDir":"/"}' ;; container) echo 1f0c ;; *) echo "is not running" >&2; exit 1 ;; esac`,
    );
    expect((await roomOfDocker({ stack: "dev" })).map(({ path }) => path)).toEqual(["/"]);
  });

  it("of a host is asked there", async () => {
    programs.add(
      "ssh",
      `case $last in *info*) echo '{"DockerRootDir":"/data/docker"}' ;; *'df -Pk /data/docker'*) echo '${df(2048)}' ;; esac`,
    );
    const found = await roomOfDocker(dockerTarget(hostSettings()));
    expect(found).toMatchObject([{ path: "/data/docker", free: 2 * mib }]);
  });

  it("of a host without Docker is not asked", async () => {
    programs.add("ssh", "exit 1");
    const facts = {
      release: "debian-12",
      connection: "shared",
      client: "198.51.100.7",
      isRoot: true,
      hasDocker: false,
    } as const;
    expect(await roomOfDocker(dockerTarget(hostSettings(), facts))).toEqual([]);
  });

  it("is what df says is available, of GNU's and of BusyBox' kind", () => {
    const busyBox =
      "Filesystem           1024-blocks    Used Available Capacity Mounted on\n/dev/vda             264211224  30044800  64513400  32% /data\n";
    expect(parseFree(busyBox)).toBe(64_513_400 * 1024);
    expect(parseFree(df(7))).toBe(7 * 1024);
    expect(parseFree("df: /data: No such file or directory")).toBeUndefined();
  });
});

describe("doctor", () => {
  it("lists the state and the stores of each stack of this machine", async () => {
    programs.add("docker", dockerWith(0));
    const found = await checkRoom(folder, [{ stack: "dev" }, { stack: "qa" }]);
    expect(found.slice(1).map(({ name, status }) => [status, name])).toEqual([
      ["fail", "disk (PostgreSQL's data (dev-postgres-data))"],
      ["fail", "disk (Redis' data (dev-redis-data))"],
      ["fail", "disk (PostgreSQL's data (qa-postgres-data))"],
      ["fail", "disk (Redis' data (qa-redis-data))"],
    ]);
    expect(found[0]).toMatchObject({ name: "disk (the state)" });
  });

  it("leaves the stores out where Docker does not answer", async () => {
    programs.add("docker", "exit 1");
    expect((await checkRoom(folder, [{ stack: "dev" }])).map(({ name }) => name)).toEqual([
      "disk (the state)",
    ]);
  });
});
