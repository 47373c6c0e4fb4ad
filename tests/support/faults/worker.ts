import { expect, it } from "vitest";
import { docker } from "../backline";
import { eventually } from "../client";
import { crash } from "../crash";
import { report } from "../rollout/rig";
import { Jobs } from "./jobs";
import type { FaultRig } from "./rig";

/** More than a worker does at once, so that some wait when it ends. */
const count = 20;

/** So long that what is half done at most cannot be done by the time that the worker has ended. */
const duration = { steps: 20, stepMilliseconds: 500 };

export function describeWorker(rig: FaultRig): void {
  it("that is killed in the middle of its jobs has them run again within 30 s, and each is done once", async () => {
    const worker = await rig.container("worker");
    const jobs = await Jobs.begin(rig);
    const followed = await jobs.follow();
    await jobs.handIn(count, duration);
    const interrupted = await eventually("jobs to be under way", async () => {
      const some = followed.underWay();
      return some.length > 1 ? some : undefined;
    });
    const began = Date.now();
    await crash(worker);
    // The locks of the worker that has ended last longer than this: what is told from now on is of another attempt.
    const seen = followed.told.length;
    await eventually(
      "all of them to run again",
      async () => {
        const again = followed.told.slice(seen).filter(({ state }) => state === "active");
        const ids = new Set(again.map(({ id }) => id));
        return interrupted.every((id) => ids.has(id)) ? true : undefined;
      },
      30 - (Date.now() - began) / 1_000,
    );
    await jobs.expectDone(60);
    const ended = Date.now();
    const span = await rig.load.span(began, ended);
    report(`kill of the worker in the middle of ${interrupted.length} jobs`, { began, ended }, span);
    expect(await docker("inspect", "--format", "{{.RestartCount}}", worker)).not.toBe("0");
    expect(followed.ends()).toEqual(jobs.accepted.sort().map((id) => [id, "completed"]));
    expect(span.failures).toEqual([]);
    followed.close();
  });
}
