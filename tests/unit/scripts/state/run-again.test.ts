import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recover } from "../../../../scripts/operations/recover";
import { noteRestore } from "../../../../scripts/operations/state/restored";
import { type FakePrograms, fakePrograms } from "../../../support/fake-programs";
import { fakeSession } from "../../../support/released-stack";
import { type StateCheckout, stateCheckout } from "../../../support/state-checkout";
import { resource, stateText } from "../../../support/state-text";

const type = "command:local:Command";
const urn = (name: string): string => `urn:pulumi:qa::backline::${type}::${name}`;
const script = { create: "sh -s", stdin: { secret: "v1:x" } };
const command = (name: string): object =>
  resource(name, { urn: urn(name), type, inputs: script, outputs: { ...script, stdout: "" } });

const environment = { BACKLINE_RUN_AGAIN: "true" };
const again = (name: string): object =>
  resource(name, {
    ...{ urn: urn(name), type },
    inputs: { ...script, environment },
    outputs: { ...script, stdout: "", environment },
  });

/** Of a run that was killed while it updated a command, and made a network. */
const begun = [
  { resource: { urn: urn("proxy-config"), type, inputs: script }, type: "updating" },
  { resource: { urn: "urn:of:a:network", type: "docker:index/network:Network" }, type: "creating" },
];

describe("an update that goes on from a state which does not say everything", () => {
  let qa: StateCheckout;
  let programs: FakePrograms;
  beforeEach(() => {
    programs = fakePrograms();
    programs.add("pulumi", "exit 0");
    programs.add("docker", "exit 0");
    qa = stateCheckout();
    qa.setState(stateText({ resources: [resource("edge"), command("proxy-config"), command("api-gate")] }));
  });
  afterEach(() => {
    programs.remove();
    qa.remove();
  });

  const state = () => JSON.parse(qa.state()).checkpoint;
  const resources = (): object[] => state().latest.resources.slice(1);
  const run = () => recover(fakeSession({ root: qa.root, stack: "qa" }), { stack: "qa" }, false);

  function kill(): void {
    const whole = JSON.parse(qa.state());
    whole.checkpoint.latest.pending_operations = begun;
    qa.setState(JSON.stringify(whole));
  }

  it("runs every command again after a restore", async () => {
    noteRestore(qa.root, "qa", "20200131-120000");
    await run();
    expect(resources()).toEqual([resource("edge"), again("proxy-config"), again("api-gate")]);
  });

  it("runs those again that a killed run had begun", async () => {
    kill();
    await run();
    expect(resources()).toEqual([resource("edge"), again("proxy-config"), command("api-gate")]);
  });

  it("keeps all else of the state as it was", async () => {
    kill();
    const { latest, ...before } = state();
    await run();
    const { latest: now, ...after } = state();
    expect(after).toEqual(before);
    expect({ ...now, resources: [] }).toEqual({ ...latest, resources: [] });
  });

  it("runs none again otherwise", async () => {
    const before = qa.state();
    await run();
    expect(qa.state()).toBe(before);
  });
});
