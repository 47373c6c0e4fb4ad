import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { destroy } from "../../../../scripts/operations/destroy";
import { showDiagram } from "../../../../scripts/operations/diagram";
import { checkStateFile } from "../../../../scripts/operations/doctor/state-files";
import { showDrift } from "../../../../scripts/operations/drift";
import { preview } from "../../../../scripts/operations/preview";
import { refresh } from "../../../../scripts/operations/refresh";
import { rollback } from "../../../../scripts/operations/rollback";
import { openKnownStack, openSession } from "../../../../scripts/operations/session";
import { backUpByHand } from "../../../../scripts/operations/state/backup";
import { up } from "../../../../scripts/operations/up";
import { secretNames } from "../../../../stacks/settings";
import { type StateCheckout, settingsText, stateCheckout } from "../../../support/state-checkout";

vi.mock("../../../../toolchain", async (original) => ({
  ...(await original<typeof import("../../../../toolchain")>()),
  prepareToolchain: async () => {
    throw new Error("the engine was asked for");
  },
}));

let qa: StateCheckout;
beforeEach(() => {
  qa = stateCheckout();
  const secrets = secretNames.map((name) => `    ${name}: {secure: v1:x}\n`).join("");
  qa.write(
    qa.settings,
    `${settingsText}  backline:proxy: {certificates: internal}\n  backline:secrets:\n${secrets}`,
  );
});
afterEach(() => qa.remove());

const of = () => ({ root: qa.root, stack: "qa" });
const commands: Record<string, () => Promise<unknown>> = {
  up: () => up({ ...of(), yes: true, release: "held" }),
  deploy: () => up({ ...of(), yes: true, release: "sources" }),
  rollback: () => rollback({ ...of(), yes: true }),
  preview: () => preview({ ...of(), format: "text" }),
  "status, outputs, releases and env": () => openKnownStack(of()),
  drift: () => showDrift({ ...of(), format: "text" }),
  diagram: () => showDiagram({ ...of(), json: false }),
  refresh: () => refresh({ ...of(), yes: true }),
  destroy: () => destroy({ ...of(), yes: true, deleteData: false }),
  "init and ephemeral stacks": () => openSession(of()),
};

describe.each(Object.entries(commands))("%s", (_name, run) => {
  it("refuses a state that is cut off before anything else, with the file and the mend", async () => {
    qa.setState(qa.state().slice(0, 60));
    await expect(run()).rejects.toMatchObject({
      name: "OperationError",
      message:
        "the state of the stack qa cannot be used: .backline/state/.pulumi/stacks/backline/qa.json is cut off after 60 bytes; bring its last good copy back: ./backline state restore qa",
    });
    expect(qa.backups()).toEqual([]);
  });

  it("refuses one that the engine would take for nothing", async () => {
    qa.setState("{}");
    await expect(run()).rejects.toThrow("qa.json holds no state of Pulumi's; bring its last good copy back");
  });
});

describe("a state that is gone", () => {
  it("is brought back where there are backups", async () => {
    backUpByHand(qa.root, "qa");
    rmSync(qa.file);
    await expect(openKnownStack(of())).rejects.toThrow(
      "the state of the stack qa is gone: there is no .backline/state/.pulumi/stacks/backline/qa.json; bring its last good copy back: ./backline state restore qa",
    );
  });
});

describe("doctor", () => {
  const finding = () => checkStateFile(qa.root, "qa");

  it("says how many resources and backups there are", () => {
    backUpByHand(qa.root, "qa");
    expect(finding()).toEqual([{ name: "state of qa", status: "ok", detail: "2 resources; backups: 1" }]);
  });

  it("fails a damaged state with the mend", () => {
    qa.setState("");
    expect(finding()).toEqual([
      {
        ...{ name: "state of qa", status: "fail", detail: `${qa.file} is empty` },
        mend: "./backline state restore qa",
      },
    ]);
  });

  it("has nothing to say of a state that is elsewhere or not there", () => {
    vi.stubEnv("PULUMI_BACKEND_URL", "s3://bucket");
    expect(finding()).toEqual([]);
    vi.stubEnv("PULUMI_BACKEND_URL", undefined);
    rmSync(qa.file);
    expect(finding()).toEqual([]);
  });
});
