/** Faults in a running stack under load: what its users notice of them, counted. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeEngineFaults } from "../support/faults/engine";
import { describeMemory } from "../support/faults/memory";
import { FaultRig } from "../support/faults/rig";
import { describeStoreFaults } from "../support/faults/stores";
import { reportOutcome } from "../support/rollout/rig";

const rig = new FaultRig();

beforeAll(() => rig.start());
afterAll(() => rig.remove());

describeStoreFaults(rig);
describe("memory", () => describeMemory(rig));
describe("the engine", () => describeEngineFaults(rig));

describe("all of it", () => {
  it("loses and doubles nothing: every request's row and every message is there once", async () => {
    const outcome = await rig.load.stop();
    reportOutcome(outcome);
    expect(outcome.problems).toEqual([]);
    expect(outcome.answered).toBeGreaterThan(1_000);
  });
});
