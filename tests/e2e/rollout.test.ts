/** Deploys, rollbacks, bad releases and crashes under load: what users notice of them, counted. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeBadReleases } from "../support/rollout/bad-releases";
import { describeConfigurations } from "../support/rollout/configurations";
import { describeCrashes } from "../support/rollout/crashes";
import { describeDeploys } from "../support/rollout/deploys";
import { clients, RolloutRig, reportOutcome } from "../support/rollout/rig";
import { describeRollback } from "../support/rollout/rollback";

const rig = new RolloutRig();
let anonymous: string[];

beforeAll(async () => {
  await rig.start();
  anonymous = await rig.stack.anonymousVolumes();
});
afterAll(() => rig.remove());

describeDeploys(rig);
describeBadReleases(rig);
describeRollback(rig);
describeConfigurations(rig);
describeCrashes(rig);

describe("all of it", () => {
  it("loses and doubles nothing: every message of every client is there once, in order", async () => {
    const outcome = await rig.load.stop();
    reportOutcome(outcome);
    expect(outcome.problems).toEqual([]);
    expect(outcome.messages).toBeGreaterThan(clients);
    expect(outcome.answered).toBeGreaterThan(30_000);
  });

  it("leaves no volume without a name", async () => {
    expect(await rig.stack.anonymousVolumes()).toEqual(anonymous);
  });
});
