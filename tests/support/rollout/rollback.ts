import { describe, expect, it } from "vitest";
import { docker } from "../backline";
import { type RolloutRig, report } from "./rig";

export function describeRollback(rig: RolloutRig): void {
  const { stack } = rig;
  describe("a rollback", () => {
    it("moves the traffic to the last good release without a failed request, and builds nothing", async () => {
      const current = await rig.versionAt(stack.api);
      const before = await stack.outputs();
      const images = await docker("image", "ls", "--all", "--quiet", "--no-trunc");
      const back = await stack.rollback();
      expect(back, `${back.stdout}\n${back.stderr}`).toMatchObject({ exitCode: 0 });
      const span = await rig.load.span(back.began, back.ended);
      report("rollback", back, span);
      expect(span).toMatchObject({ failures: [], closes: [] });
      expect(await rig.versionAt(stack.api)).not.toBe(current);
      const after = await stack.outputs();
      expect(after.release).toBe(before.releases.at(-2)?.id);
      expect(after.releases.at(-1)).toMatchObject({ id: after.release, rolledBackFrom: before.release });
      const known = new Set(images.split("\n"));
      const now = (await docker("image", "ls", "--all", "--quiet", "--no-trunc")).split("\n");
      expect(now.filter((id) => !known.has(id))).toEqual([]);
    });

    it("is left by the next deploy of the sources", async () => {
      const held = await rig.versionAt(stack.api);
      const { began } = await rig.deployWell("deploy after a rollback");
      expect(await rig.load.span(began)).toMatchObject({ failures: [], closes: [] });
      expect(await rig.versionAt(stack.api)).not.toBe(held);
    });
  });
}
