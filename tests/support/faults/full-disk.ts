import { afterAll, expect, it } from "vitest";
import { eventually } from "../client";
import { report } from "../rollout/rig";
import type { SmallDisk } from "./disk";
import { Jobs } from "./jobs";
import { Prometheus } from "./prometheus";
import { type FaultRig, stackName } from "./rig";

/** MiB that are free: less than a tenth of the disk, and all still works. */
const little = 80;

/** Requests that are to be refused before there is room again. */
const refused = 40;

export function describeFullDisk(rig: FaultRig): void {
  const { stack } = rig;
  const disk = (): SmallDisk => rig.disk;
  afterAll(() => disk().empty());

  it("is an alert while everything still works, and neither an update nor doctor passes it over", async () => {
    const began = Date.now();
    await disk().fillTo(little);
    const names = (await stack.remains()).containers;
    await new Prometheus(rig).expectAlert("HostDiskLow", { mountpoint: disk().path, severity: "page" });

    stack.release("api", "for which there is no room");
    const { exitCode, stderr } = await stack.deploy();
    expect(exitCode).toBe(1);
    const lines = stderr.split("\n").filter((line) => line.includes("the disk is almost full"));
    const sentence = (what: string, service: string, path: string) =>
      new RegExp(
        `the disk is almost full: ${what} \\(${stackName}-${service}-data\\), at ${path}: \\d+ MiB free, and an update needs 256 MiB; make room in the volume ${stackName}-${service}-data, or give it more, and run the command again$`,
      );
    expect(lines).toEqual([
      expect.stringMatching(sentence("PostgreSQL's data", "postgres", "/var/lib/postgresql/data")),
      expect.stringMatching(sentence("Redis' data", "redis", "/data")),
    ]);
    expect((await stack.remains()).containers).toEqual(names);

    const findings = await stack.doctor();
    for (const store of [
      `PostgreSQL's data (${stackName}-postgres-data)`,
      `Redis' data (${stackName}-redis-data)`,
    ])
      expect(findings).toContainEqual({
        name: `disk (${store})`,
        status: "fail",
        detail: expect.stringMatching(/: \d+ MiB free, and an update needs 256 MiB$/),
        mend: expect.stringMatching(/^make room in the volume /),
      });
    expect((await rig.load.span(began)).failures).toEqual([]);
  });

  it("that holds the state lets no update begin either", async () => {
    const { exitCode, stderr } = await stack.deploy({ PULUMI_BACKEND_URL: `file://${disk().path}` });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `the disk is almost full: the state, at ${disk().path}: \\d+ MiB free, and an update needs 256 MiB; `,
      ),
    );
  });

  it("costs those who write a 503, loses nothing, and all works again once there is room", async () => {
    const jobs = await Jobs.begin(rig);
    await jobs.handIn(5);
    const began = Date.now();
    await disk().fillTo(0);
    await eventually(
      "writes to be refused",
      async () => ((await rig.load.span(began)).failures.length >= refused ? true : undefined),
      120,
    );
    await eventually(
      "a job to be refused",
      async () => ((await jobs.refused(1)) === 1 ? true : undefined),
      60,
    );
    const full = Date.now();
    expect(await disk().free()).toBe(0);
    await disk().empty();
    await rig.serves(Date.now(), 120);
    report("a full disk", { began, ended: full }, await rig.load.span(began, full));
    const { failures } = await rig.expectOnlyUnavailable("a full disk, and after it", began);
    expect(failures.filter(({ method }) => method === "POST").length).toBeGreaterThan(0);
    await jobs.expectDone(60);
  });
}
