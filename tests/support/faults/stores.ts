import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { labels } from "../../../components/shared/names";
import { docker } from "../backline";
import { crash } from "../crash";
import { Jobs } from "./jobs";
import { cutOff, slowDown } from "./links";
import { type FaultRig, stackName } from "./rig";

const network = `${stackName}-data`;
const label = `${labels.stack}=${stackName}`;

const endSessions =
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";

/** Seconds that a store is away or slow. */
const away = 10;

/** Seconds in which Redis writes what it was told to its file, at the latest, and one more. */
const written = 2;

export function describeStoreFaults(rig: FaultRig): void {
  describe("PostgreSQL", () => {
    it("that is killed serves again within 30 s, and has every row that was committed", async () => {
      const postgres = await rig.container("postgres");
      const began = Date.now();
      await crash(postgres);
      await rig.serves(began, 30);
      await rig.expectOnlyUnavailable("kill of PostgreSQL", began);
      expect(await docker("inspect", "--format", "{{.RestartCount}}", postgres)).not.toBe("0");
    });

    it("that answers late and not always costs time, and nothing piles up", async () => {
      const image = await docker("inspect", "--format", "{{.Image}}", await rig.container("api"));
      const began = Date.now();
      const postgres = await rig.container("postgres");
      const restore = await slowDown(postgres, {
        ...{ label, network, alias: "postgres", port: 5432, image },
        endConnections: () =>
          docker("exec", postgres, "psql", "--username=postgres", "--command", endSessions),
      });
      try {
        await sleep(away * 1_000);
      } finally {
        await restore();
      }
      const restored = Date.now();
      await rig.serves(restored, 30);
      const { latency } = await rig.expectOnlyUnavailable("slow PostgreSQL", began);
      // The fault was one: an answer that needs PostgreSQL takes two ways of 500 ms.
      expect(latency.most).toBeGreaterThan(1_000);
    });
  });

  describe("Redis", () => {
    it("that is killed has every job that it was told of a moment before", async () => {
      const jobs = await Jobs.begin(rig);
      await jobs.handIn(10);
      await sleep(written * 1_000);
      const began = Date.now();
      await crash(await rig.container("redis"));
      await rig.serves(began, 30);
      await rig.expectOnlyUnavailable("kill of Redis", began);
      await jobs.expectDone(60);
    });

    it("that is cut off costs those who need it a 503 without a long wait, and nobody else anything", async () => {
      const jobs = await Jobs.begin(rig);
      await jobs.handIn(5);
      const began = Date.now();
      const restore = await cutOff(await rig.container("redis"), network);
      try {
        // On connections that nobody has closed, and then on none.
        expect(await jobs.refused(10)).toBe(10);
        await sleep(away * 1_000);
        expect(await jobs.refused(10)).toBe(10);
      } finally {
        await restore();
      }
      await rig.serves(Date.now(), 30);
      const { failures } = await rig.expectOnlyUnavailable("Redis cut off", began);
      expect(failures.filter(({ method }) => method === "GET")).toEqual([]);
      await jobs.expectDone(60);
    });
  });
}
