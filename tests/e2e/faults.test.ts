/** Faults in a running stack under load: what its users notice of them, counted. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeAlerts } from "../support/faults/alerts";
import { describeEngineFaults } from "../support/faults/engine";
import { describeFullDisk } from "../support/faults/full-disk";
import { describeMemory } from "../support/faults/memory";
import { describeProvider } from "../support/faults/provider";
import { FaultRig } from "../support/faults/rig";
import { describeStoreFaults } from "../support/faults/stores";
import { describeWorker } from "../support/faults/worker";
import { reportOutcome } from "../support/rollout/rig";

const rig = new FaultRig();

beforeAll(() => rig.start());
afterAll(() => rig.remove());

describeStoreFaults(rig);
describe("the worker", () => describeWorker(rig));
describe("memory", () => describeMemory(rig));
describe("the alerts", () => describeAlerts(rig));
describe("a disk that fills up", () => describeFullDisk(rig));
describe("Docker", () => describeProvider(rig));
describe("the engine", () => describeEngineFaults(rig));

describe("all of it", () => {
  it("loses and doubles nothing: every request's row and every message is there once", async () => {
    const outcome = await rig.load.stop();
    reportOutcome(outcome);
    expect(outcome.problems).toEqual([]);
    expect(outcome.answered).toBeGreaterThan(1_000);
  });
});
