import { createHash } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { projectPaths } from "../../../../scripts/operations/project";
import { backUpBefore, backUpByHand, keptBackups } from "../../../../scripts/operations/state/backup";
import { examine, readBackups } from "../../../../scripts/operations/state/backups";
import { showBackup, showCopies } from "../../../../scripts/operations/state/show";
import { type StateCheckout, settingsText, stateCheckout } from "../../../support/state-checkout";
import { resource, stateText } from "../../../support/state-text";

let qa: StateCheckout;
beforeEach(() => {
  qa = stateCheckout();
});
afterEach(() => qa.remove());

/** A time, in s after noon. */
const at = (seconds: number): Date => new Date(Date.UTC(2030, 0, 31, 12, 0, seconds));
const deployed = (number: number): string => stateText({ resources: [resource(`edge-${number}`)] });
const reasons = () => readBackups(qa.root, "qa").map(({ name, reason }) => [name, reason]);

describe("a backup", () => {
  it("holds the state and the stack's file as they are, and says where the passphrase is", () => {
    qa.setState(stateText());
    backUpBefore(qa.root, "qa", "up", at(0));
    expect(qa.backups()).toEqual(["20300131-120000"]);
    const inside = (file: string) => readFileSync(qa.inBackup("20300131-120000", file), "utf8");
    expect(readdirSync(qa.inBackup("20300131-120000", "")).sort()).toEqual([
      "Pulumi.qa.yaml",
      "backup.json",
      "state.json",
    ]);
    expect([inside("state.json"), inside("Pulumi.qa.yaml")]).toEqual([qa.state(), settingsText]);
    const state = { size: qa.state().length, sha256: createHash("sha256").update(qa.state()).digest("hex") };
    expect(JSON.parse(inside("backup.json"))).toEqual({
      ...{ version: 1, stack: "qa", time: "2030-01-31T12:00:00.000Z", reason: "before up" },
      ...{ by: expect.stringMatching(/^.+@.+$/), backend: projectPaths(qa.root).state },
      passphrase: "the file .backline/passphrases/qa",
      files: {
        "state.json": state,
        "Pulumi.qa.yaml": expect.objectContaining({ size: settingsText.length }),
      },
    });
  });

  it("never holds the passphrase, and nobody else can read it", () => {
    backUpByHand(qa.root, "qa", at(0));
    const folder = qa.inBackup("20300131-120000", "");
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(folder)) {
      expect([file, statSync(join(folder, file)).mode & 0o777]).toEqual([file, 0o600]);
      expect(readFileSync(join(folder, file), "utf8")).not.toContain("open sesame");
    }
  });

  it("of the same second has a number behind its name", () => {
    for (const reason of ["up", "refresh"]) {
      qa.setState(deployed(reason.length));
      backUpBefore(qa.root, "qa", reason, at(0));
    }
    expect(reasons()).toEqual([
      ["20300131-120000-2", "before refresh"],
      ["20300131-120000", "before up"],
    ]);
  });

  it("of a damaged state holds the engine's own copy too", () => {
    qa.write(`${qa.file}.bak`, deployed(1));
    qa.setState('{"version');
    backUpByHand(qa.root, "qa", at(0));
    const inside = (file: string) => readFileSync(qa.inBackup("20300131-120000", file), "utf8");
    expect([inside("state.json"), inside("state.json.bak")]).toEqual(['{"version', deployed(1)]);
  });

  it("that cannot be written is one sentence, leaves nothing, and stops the command", () => {
    const { backups } = projectPaths(qa.root);
    qa.write(join(qa.root, ".backline", "backups"), "a file in the way");
    expect(() => backUpBefore(qa.root, "qa", "up")).toThrow(
      /^no backup of the state of qa can be written to \.backline\/backups\/qa \(\w+\), so that nothing was changed; mend that and run the command again$/,
    );
    rmSync(join(qa.root, ".backline", "backups"));
    expect(readBackups(qa.root, "qa")).toEqual([]);
    expect(backups("qa")).toBe(join(qa.root, ".backline", "backups", "qa"));
  });

  it("is not made of a stack that has no state, or whose state is elsewhere", () => {
    vi.stubEnv("PULUMI_BACKEND_URL", "s3://bucket");
    backUpBefore(qa.root, "qa", "up");
    vi.stubEnv("PULUMI_BACKEND_URL", undefined);
    rmSync(qa.file);
    backUpBefore(qa.root, "qa", "up");
    expect(qa.backups()).toEqual([]);
    expect(() => backUpByHand(qa.root, "qa")).toThrow(
      "the stack qa has no state on this machine: there is no .backline/state/.pulumi/stacks/backline/qa.json",
    );
  });

  it("takes the place of the automatic one before it if nothing has changed but the time", () => {
    backUpByHand(qa.root, "qa", at(0));
    backUpBefore(qa.root, "qa", "up", at(1));
    qa.setState(stateText({ written: "2030-02-01T00:00:00Z" }));
    backUpBefore(qa.root, "qa", "up", at(2));
    writeFileSync(qa.settings, `${settingsText}  backline:services: {}\n`);
    backUpBefore(qa.root, "qa", "deploy", at(3));
    expect(reasons()).toEqual([
      ["20300131-120003", "before deploy"],
      ["20300131-120002", "before up"],
      ["20300131-120000", "by hand"],
    ]);
  });
});

describe("of all backups", () => {
  it("the last twenty are kept, those by hand among them", () => {
    expect(keptBackups).toBe(20);
    for (let number = 0; number < 24; number++) {
      qa.setState(deployed(number));
      if (number === 3) backUpByHand(qa.root, "qa", at(number));
      else backUpBefore(qa.root, "qa", "up", at(number));
    }
    expect(qa.backups()).toEqual(
      Array.from({ length: 20 }, (_, number) => `20300131-1200${String(number + 4).padStart(2, "0")}`),
    );
  });

  it("the last one that can be read is kept, however old, and one that was renamed", () => {
    backUpByHand(qa.root, "qa", at(0));
    qa.setState(deployed(1));
    backUpByHand(qa.root, "qa", at(1));
    renameSync(qa.inBackup("20300131-120000", ""), qa.inBackup("before-the-move", ""));
    qa.setState("{}");
    for (let number = 2; number < 24; number++) backUpByHand(qa.root, "qa", at(number));
    const names = qa.backups();
    expect(names).toHaveLength(22);
    expect([names[0], names.at(-1)]).toEqual(["20300131-120001", "before-the-move"]);
  });

  it("what a killed run has left is none, and goes with the next one", () => {
    mkdirSync(qa.inBackup("20300131-115959.4711.unfinished", ""), { recursive: true });
    expect(readBackups(qa.root, "qa")).toEqual([]);
    backUpBefore(qa.root, "qa", "up", at(0));
    expect(qa.backups()).toEqual(["20300131-120000"]);
  });

  it.each<[string, (file: (name: string) => string) => void, string]>([
    [
      "a state that was cut off",
      (file) => truncateSync(file("state.json"), 10),
      "its state.json is cut off after 10 of ",
    ],
    [
      "a state that was changed",
      (file) => writeFileSync(file("state.json"), deployed(7777)),
      "its state.json was changed",
    ],
    ["no state any more", (file) => rmSync(file("state.json")), "its state.json is missing"],
    [
      "a changed configuration",
      (file) => writeFileSync(file("Pulumi.qa.yaml"), `${settingsText}#`),
      "its Pulumi.qa.yaml was changed",
    ],
    [
      "no list of its files",
      (file) => writeFileSync(file("backup.json"), ""),
      "its backup.json cannot be read",
    ],
  ])("one with %s is told from a good one", (_what, damage, problem) => {
    backUpByHand(qa.root, "qa", at(0));
    const [backup] = readBackups(qa.root, "qa");
    if (backup === undefined) throw new Error("there is no backup");
    expect(examine(backup).problem).toBeUndefined();
    damage((name) => qa.inBackup("20300131-120000", name));
    const [damaged] = readBackups(qa.root, "qa");
    expect(damaged && examine(damaged).problem).toContain(problem);
    expect(damaged?.time).toBe("2030-01-31T12:00:00.000Z");
  });
});

describe("the list of backups", () => {
  it("says of each when and why it was made, how big it is, and whether it can be read", () => {
    backUpByHand(qa.root, "qa", at(0));
    qa.setState(deployed(1));
    backUpBefore(qa.root, "qa", "up", at(1));
    truncateSync(qa.inBackup("20300131-120001", "state.json"), 10);
    qa.write(`${qa.file}.bak`, stateText({ written: "2030-01-31T12:00:02Z" }));
    showCopies(qa.root, "qa", true);
    const { size } = statSync(qa.inBackup("20300131-120000", "state.json"));
    expect(JSON.parse(qa.said().stdout)).toEqual({
      ...{ stack: "qa", passphrase: "the file .backline/passphrases/qa" },
      backups: [
        {
          ...{ name: "engine", time: "2030-01-31T12:00:02.000Z", reason: "the engine's own copy" },
          ...{ size, resources: 2, readable: true },
        },
        {
          ...{ name: "20300131-120001", time: "2030-01-31T12:00:01.000Z", reason: "before up" },
          ...{ size: expect.any(Number), readable: false },
          problem: expect.stringMatching(/^its state\.json is cut off after 10 of \d+ bytes$/),
        },
        {
          ...{ name: "20300131-120000", time: "2030-01-31T12:00:00.000Z", reason: "by hand" },
          ...{ size: size + settingsText.length, resources: 2, readable: true },
        },
      ],
    });
    expect(qa.said().stderr).toBe(
      "warning: the secrets in a backup can be read only with the passphrase in the file .backline/passphrases/qa, which no backup holds: keep a copy of it somewhere else\n",
    );
  });

  it("is a table for people", () => {
    backUpByHand(qa.root, "qa", at(0));
    truncateSync(qa.inBackup("20300131-120000", "state.json"), 10);
    showCopies(qa.root, "qa", false);
    const [header, row] = qa.said().stdout.split("\n");
    expect(header).toMatch(/^BACKUP +MADE +REASON +SIZE +RESOURCES$/);
    expect(row).toMatch(
      /^20300131-120000 {2}2030-01-31 12:00Z \(\w+ ago\) {2}by hand {2}\d+ B +- +NOT READABLE: its state\.json is cut off after 10 of \d+ bytes$/,
    );
  });

  it("is one sentence where there is none", () => {
    showCopies(qa.root, "qa", false);
    expect(qa.said()).toEqual({
      stdout:
        "The stack qa has no backup yet; every up makes one, and ./backline state backup qa makes one now.\n",
      stderr: "",
    });
  });
});

describe("a backup by hand", () => {
  it("says where it is, that it is not kept for ever, and where the passphrase is", async () => {
    await showBackup(qa.root, "qa", false);
    const [name = ""] = qa.backups();
    expect(qa.said().stdout).toBe(
      `Made the backup ${name} of qa in .backline/backups/qa/${name}. The last 20 backups are kept; copy it elsewhere to keep it for longer.\n`,
    );
    expect(qa.said().stderr).toContain("the passphrase in the file .backline/passphrases/qa");
  });

  it("warns of a passphrase that is not there, and of a state that cannot be restored", async () => {
    rmSync(projectPaths(qa.root).passphrase("qa"));
    qa.setState("{}");
    await showBackup(qa.root, "qa", true);
    const [name = ""] = qa.backups();
    expect(JSON.parse(qa.said().stdout)).toMatchObject({ stack: "qa", name, readable: false });
    expect(qa.said().stderr).toBe(
      [
        "warning: the passphrase of the stack qa is not in the file .backline/passphrases/qa, and without it nobody can read the secrets in its backups: put it there (mode 0600)\n",
        "warning: what was copied cannot be restored: its state.json holds no state of Pulumi's\n",
      ].join(""),
    );
  });

  it("of a stack whose secrets a key service keeps warns of nothing", async () => {
    writeFileSync(qa.settings, "secretsprovider: awskms://alias/x?region=eu\nconfig: {}\n");
    await showBackup(qa.root, "qa", true);
    expect(JSON.parse(qa.said().stdout).passphrase).toBe("the key service awskms://alias/x");
    expect(qa.said().stderr).toBe("");
  });
});
