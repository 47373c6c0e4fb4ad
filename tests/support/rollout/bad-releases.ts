import { describe, expect, it } from "vitest";
import { keptReleases } from "../../../components/shared/names";
import type { RolloutRig } from "./rig";
import type { badReleases } from "./stack";

const reasons: Readonly<Record<keyof typeof badReleases, RegExp>> = {
  "never becomes healthy": /e2e-rollout-api-\d-\w+ was not ready within 12 s: .*"failing":\["release"\]/,
  "crashes on start": /e2e-rollout-api-\d-\w+ keeps starting over[\s\S]*could not start: the release is bad/,
  "hangs on start": /e2e-rollout-api-\d-\w+ was not ready within 12 s: .*ECONNREFUSED/,
};

const badMigration = "services/migrations/9999_bad.sql";

const attempts = ["first", "unchanged"] as const;

export function describeBadReleases(rig: RolloutRig): void {
  const { stack } = rig;
  const kinds = Object.entries(reasons) as [keyof typeof badReleases, RegExp][];
  describe("a release that is bad", () => {
    it.each(kinds)(
      "and %s fails in time with the reason, twice, while the old one serves, and status shows both",
      async (kind, reason) => {
        const before = await rig.versionAt(stack.api);
        const { release, containers } = await stack.outputs();
        const names = containers.filter(({ service }) => service === "api").map(({ name }) => name);
        stack.badRelease(kind);
        for (const attempt of attempts)
          await rig.deployBadly(`${attempt} deploy of a release that ${kind}`, reason);
        expect(await rig.versionAt(stack.api)).toBe(before);
        const status = await stack.status();
        expect(status).toMatchObject({ release, lastUpdate: "failed" });
        const replicas = status.containers.filter(({ service }) => service === "api");
        const serving = replicas.filter(({ left }) => !left);
        expect(serving.map(({ version, health }) => [version, health])).toEqual([
          [before, "healthy"],
          [before, "healthy"],
        ]);
        // The names that the bad release needs are other ones.
        expect(serving.map(({ name }) => name).sort()).toEqual(names.sort());
        const left = replicas.filter((replica) => replica.left);
        expect(left.length).toBeGreaterThan(0);
        for (const replica of left) expect(replica.version).not.toBe(before);
      },
    );

    it("and whose migration fails does so in time with the reason, twice, while the old one serves, and status says so", async () => {
      const before = await rig.versionAt(stack.api);
      const { release } = await stack.outputs();
      stack.release("api", "with a migration");
      stack.add(badMigration, "-- expand\nCREATE TABLE bad (id int);\nSELECT 1 / 0;\n");
      try {
        for (const attempt of attempts)
          await rig.deployBadly(
            `${attempt} deploy of a release whose migration fails`,
            /migrations: [\s\S]*9999_bad[\s\S]*division by zero/,
          );
      } finally {
        stack.drop(badMigration);
      }
      expect(await rig.versionAt(stack.api)).toBe(before);
      expect(await stack.status()).toMatchObject({ release, lastUpdate: "failed" });
    });

    it("leaves nothing behind once a good one is deployed", async () => {
      const before = await rig.versionAt(stack.api);
      stack.release("api", "five");
      const { began } = await rig.deployWell("next good deploy");
      expect(await rig.load.span(began)).toMatchObject({ failures: [], closes: [] });
      expect(await rig.versionAt(stack.api)).not.toBe(before);
      const { containers, images = [] } = await stack.remains();
      const expected = (await stack.outputs()).containers.map(({ name }) => name);
      expect(containers).toEqual(expected.sort());
      // Those of the releases before it, and its own.
      expect(images.filter((image) => image.endsWith("-api")).length).toBeLessThanOrEqual(keptReleases + 1);
      expect(await stack.status()).toMatchObject({ healthy: true, lastUpdate: "succeeded" });
    });
  });
}
