/** Secrets that get new values under load: what users notice of it, counted. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { clients, RolloutRig, reportOutcome } from "../support/rollout/rig";
import { describeRotation } from "../support/rollout/rotation";

// No release is bad here: a busy machine may take the time that a stack gives by itself.
const rig = new RolloutRig([]);
beforeAll(() => rig.start());
afterAll(() => rig.remove());

describeRotation(rig);

it("loses and doubles nothing: every message of every client is there once, in order", async () => {
  const outcome = await rig.load.stop();
  reportOutcome(outcome);
  expect(outcome.problems).toEqual([]);
  expect(outcome.messages).toBeGreaterThan(clients);
});
