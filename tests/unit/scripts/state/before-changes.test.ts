/** Commands that change a state: they make a backup first, and mend what a restored state does not know. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkStack } from "../../../../scripts/operations/check-stack";
import { recover } from "../../../../scripts/operations/recover";
import { refresh } from "../../../../scripts/operations/refresh";
import { rollback } from "../../../../scripts/operations/rollback";
import { readBackups } from "../../../../scripts/operations/state/backups";
import { noteRestore, wasRestored } from "../../../../scripts/operations/state/restored";
import { upLocked } from "../../../../scripts/operations/up";
import { type FakePrograms, fakePrograms } from "../../../support/fake-programs";
import { fakeSession, type ReleasedStack, record, releasedStack } from "../../../support/released-stack";
import { type StateCheckout, stateCheckout } from "../../../support/state-checkout";

vi.mock("../../../../scripts/operations/session", () => ({
  openSession: async (of: Parameters<typeof fakeSession>[0]) => fakeSession(of),
  openKnownStack: async (of: Parameters<typeof fakeSession>[0]) => fakeSession(of),
  sessionFor: (of: Parameters<typeof fakeSession>[0]) => fakeSession(of),
}));
vi.mock("../../../../scripts/operations/install", () => ({
  planInstall: async () => ({ sentences: [] }),
  consent: async () => undefined,
  install: async () => ({ toolchain: { kind: "registry" }, images: undefined }),
  engineWay: async () => "official",
}));
vi.mock("../../../../scripts/operations/ports", () => ({ requirePorts: async () => undefined }));
vi.mock("../../../../scripts/operations/images", () => ({
  mustSend: async () => false,
  needsDocker: () => false,
  neededImages: () => [],
}));

describe("before it changes anything", () => {
  let qa: ReleasedStack;
  const [old, current] = [record("aaaaaaaaaaaa"), record("bbbbbbbbbbbb")];
  beforeEach(() => {
    qa = releasedStack();
    qa.be({ records: [old, current] });
  });
  afterEach(() => qa.remove());

  const of = () => ({ root: qa.root, stack: "qa", yes: true });
  const settings = () => checkStack(qa.root, "qa", { missing: "error" }).settings;

  it.each<[string, () => Promise<unknown>]>([
    ["up", () => upLocked({ ...of(), release: "held" }, settings())],
    ["deploy", () => upLocked({ ...of(), release: "sources" }, settings())],
    ["rollback", () => rollback(of())],
    ["refresh", () => refresh(of())],
  ])("%s makes a backup, with the stack's file as it was", async (command, run) => {
    const before = qa.stackFile();
    await run();
    const [backup, ...more] = readBackups(qa.root, "qa");
    expect([backup?.reason, more]).toEqual([`before ${command}`, []]);
    expect(backup?.manifest?.files["Pulumi.qa.yaml"]?.size).toBe(Buffer.byteLength(before));
  });
});

describe("an update after a restore", () => {
  let qa: StateCheckout;
  let programs: FakePrograms;
  beforeEach(() => {
    programs = fakePrograms();
    qa = stateCheckout();
    programs.add(
      "pulumi",
      `printf '%s\\n' "$1" >> ${qa.root}/engine; exit $(cat ${qa.root}/fails || echo 0)`,
    );
    programs.add(
      "docker",
      `case "$1 $2" in
        "container ls") printf 'id-of-edge\\nmade-since\\n' ;;
        "network ls") ;;
        "container rm") printf '%s\\n' "$*" >> ${qa.root}/removed ;;
        *) exit 9 ;;
      esac`,
    );
  });
  afterEach(() => {
    programs.remove();
    qa.remove();
  });

  const run = () => recover(fakeSession({ root: qa.root, stack: "qa" }), { stack: "qa" }, false);
  const removed = () => programs.calls("docker").filter((last) => last === "made-since");

  it("removes what the state does not know and looks at what is there, once", async () => {
    noteRestore(qa.root, "qa", "20200131-120000");
    await run();
    expect([removed(), programs.calls("pulumi")]).toEqual([["made-since"], ["--clear-pending-creates"]]);
    expect(qa.said().stderr).toContain(
      "the state was restored from a backup: looking at what is really there\n",
    );
    expect(wasRestored(qa.root, "qa")).toBe(false);
    await run();
    expect([removed(), programs.calls("pulumi")]).toEqual([["made-since"], ["--clear-pending-creates"]]);
  });

  it("does so again if it was not done", async () => {
    noteRestore(qa.root, "qa", "20200131-120000");
    qa.write(`${qa.root}/fails`, "255");
    await expect(run()).rejects.toThrow("pulumi refresh failed");
    expect(wasRestored(qa.root, "qa")).toBe(true);
  });

  it("is none where nothing was restored", async () => {
    await run();
    expect([removed(), programs.calls("pulumi")]).toEqual([[], []]);
  });
});
