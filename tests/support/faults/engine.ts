import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eventually } from "../client";
import type { FaultRig } from "./rig";

/** Moments of an update at which it is ended, as parts of how long it takes. */
const moments = Array.from({ length: 10 }, (_, index) => (index + 0.5) / 10);

export function describeEngineFaults(rig: FaultRig): void {
  const { stack } = rig;

  async function expectWhole(): Promise<void> {
    const { containers } = await stack.remains();
    expect(containers).toEqual((await stack.outputs()).containers.map(({ name }) => name).sort());
    expect(await stack.status()).toMatchObject({ healthy: true, lastUpdate: "succeeded" });
  }

  describe("an update that is ended half-way", () => {
    let milliseconds = 0;

    it("takes this long otherwise", async () => {
      stack.release("api", "whole");
      const { began, ended, exitCode, stderr } = await stack.deploy();
      expect(exitCode, stderr).toBe(0);
      milliseconds = ended - began;
    });

    it.each(moments.map((part, index) => [index % 2 === 0 ? "SIGKILL" : "SIGINT, twice", part] as const))(
      "by %s after %d of its time is finished by the next one, with nothing twice and nothing left",
      async (how, part) => {
        const began = Date.now();
        stack.release("api", `ended after ${part}`);
        stack.release("worker", `ended after ${part}`);
        const update = stack.start("deploy", "--yes");
        await sleep(milliseconds * part);
        if (how === "SIGKILL") update.killAll("SIGKILL");
        else {
          update.killAll("SIGINT");
          await sleep(500);
          update.killAll("SIGINT");
        }
        await update.ended;
        const next = await stack.deploy();
        expect(next, `${next.stdout}\n${next.stderr}`).toMatchObject({ exitCode: 0 });
        await expectWhole();
        expect((await rig.load.span(began)).failures).toEqual([]);
      },
    );
  });

  it("a second update ends at once, names who runs the first, and does not disturb it", async () => {
    stack.release("api", "first of two");
    const first = stack.start("deploy", "--yes");
    const refusal = await eventually("the stack to be in use", async () => {
      const second = await stack.deploy();
      return second.exitCode === 1 ? second : undefined;
    });
    expect(refusal.stderr).toMatch(
      /the stack e2e-faults is in use: \S+@\S+ runs "deploy e2e-faults" \(process \d+, since \S+\)/,
    );
    expect(await first.ended).toBe(0);
    await expectWhole();
  });
}
