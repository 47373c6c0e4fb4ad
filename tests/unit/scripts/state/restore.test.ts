import { existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as asking from "../../../../scripts/operations/ask";
import { projectPaths } from "../../../../scripts/operations/project";
import { backUpByHand } from "../../../../scripts/operations/state/backup";
import { readBackups } from "../../../../scripts/operations/state/backups";
import { type Restored, restoreState } from "../../../../scripts/operations/state/restore";
import { wasRestored } from "../../../../scripts/operations/state/restored";
import { showRestored } from "../../../../scripts/operations/state/show";
import { type StateCheckout, settingsText, stateCheckout } from "../../../support/state-checkout";
import { resource, stateText } from "../../../support/state-text";

let qa: StateCheckout;
beforeEach(() => {
  qa = stateCheckout();
});
afterEach(() => qa.remove());

const at = (seconds: number): Date => new Date(Date.UTC(2020, 0, 31, 12, 0, seconds));
/** The state after so many seconds. */
const stateOf = (second: number): string =>
  stateText({ resources: [resource(`edge-${second}`)], written: at(second).toISOString() });

/** Backups by hand of the states of these seconds; the last one stays the present one. */
function backups(...seconds: number[]): void {
  for (const second of seconds) {
    qa.setState(stateOf(second));
    backUpByHand(qa.root, "qa", at(second));
  }
}

const restore = (more: { backup?: string; configuration?: boolean } = {}): Promise<Restored> =>
  restoreState({ root: qa.root, stack: "qa", configuration: false, yes: true, ...more });

const cut = (): void => qa.setState(qa.state().slice(0, 60));

/** What the backup of the replaced state holds. */
function replaced({ kept }: Restored): string {
  if (kept === undefined) throw new Error("nothing was kept");
  return readFileSync(qa.inBackup(kept, "state.json"), "utf8");
}

describe("a state that was cut off", () => {
  it("is restored from the newest backup, and kept as one itself", async () => {
    backups(1, 2);
    cut();
    const damaged = qa.state();
    writeFileSync(`${qa.file}.attrs`, "{}");
    const restored = await restore();
    expect(restored).toEqual({
      ...{ stack: "qa", backup: "20200131-120002", reason: "by hand", resources: 2 },
      ...{ written: "2020-01-31T12:00:02.000Z", changed: true, configuration: false, warnings: [] },
      kept: expect.any(String),
    });
    expect(qa.state()).toBe(stateOf(2));
    expect(statSync(qa.file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${qa.file}.attrs`)).toBe(false);
    expect(replaced(restored)).toBe(damaged);
    expect(wasRestored(qa.root, "qa")).toBe(true);
  });

  it("is restored from the newest one that is good", async () => {
    backups(1, 2, 3);
    truncateSync(qa.inBackup("20200131-120003", "state.json"), 60);
    writeFileSync(qa.inBackup("20200131-120002", "state.json"), stateOf(7));
    cut();
    expect(await restore()).toMatchObject({ backup: "20200131-120001" });
    expect(qa.state()).toBe(stateOf(1));
  });

  it("is restored from a copy of the engine's if that is newer, and then not from what it replaced", async () => {
    backups(1);
    qa.write(`${qa.file}.bak`, stateOf(4));
    const copies = projectPaths(qa.root).stackHistory("qa")[1] ?? "";
    qa.write(join(copies, "qa.1895998805000000000.json"), stateOf(5));
    qa.write(join(copies, "qa.1895998806000000000.json"), stateOf(6).slice(0, 50));
    cut();
    const { kept, ...restored } = await restore();
    expect(restored).toMatchObject({ backup: "engine", reason: "the engine's own copy" });
    expect(qa.state()).toBe(stateOf(5));
    expect(existsSync(`${qa.file}.bak`)).toBe(false);
    expect(readFileSync(qa.inBackup(kept ?? "", "state.json.bak"), "utf8")).toBe(stateOf(4));
  });

  it("of which there is no good copy is said with a way to begin anew", async () => {
    backups(1);
    truncateSync(qa.inBackup("20200131-120001", "state.json"), 60);
    cut();
    const { file } = qa;
    const shown = file.slice(qa.root.length + 1);
    await expect(restore()).rejects.toMatchObject({
      name: "OperationError",
      message: `the state of the stack qa cannot be restored from a backup: none of 1 can be used; to begin anew and keep the data: mv ${shown} ${shown}.damaged && ./backline destroy qa && ./backline init qa && ./backline up qa`,
    });
    expect(wasRestored(qa.root, "qa")).toBe(false);
  });

  it("and one that is gone are restored alike", async () => {
    backups(1);
    rmSync(qa.file);
    const restored = await restore();
    expect(restored).toMatchObject({ backup: "20200131-120001", changed: true });
    expect(restored).not.toHaveProperty("kept");
    expect(qa.state()).toBe(stateOf(1));
  });
});

describe("a state that is whole", () => {
  it("is replaced by the backup that is named, and a second restore goes back", async () => {
    backups(1, 2, 3);
    const restored = await restore({ backup: "20200131-120001" });
    expect(qa.state()).toBe(stateOf(1));
    expect(replaced(restored)).toBe(stateOf(3));
    await restore({ backup: restored.kept ?? "" });
    expect(qa.state()).toBe(stateOf(3));
  });

  it("stays, and makes no backup, if the backup says the same", async () => {
    backups(1, 2);
    expect(await restore()).toMatchObject({ backup: "20200131-120002", changed: false });
    expect(qa.backups()).toHaveLength(2);
    expect(wasRestored(qa.root, "qa")).toBe(false);
  });

  it("is not replaced by the engine's copy of the state before, unless that is named", async () => {
    backups(1);
    qa.setState(stateOf(3));
    qa.write(`${qa.file}.bak`, stateOf(2));
    expect(await restore()).toMatchObject({ backup: "20200131-120001" });
    qa.write(`${qa.file}.bak`, stateOf(2));
    expect(await restore({ backup: "engine" })).toMatchObject({ backup: "engine" });
    expect(qa.state()).toBe(stateOf(2));
  });

  it("is not restored from the oldest backup while that makes room", async () => {
    backups(...Array.from({ length: 20 }, (_, second) => second));
    const { kept } = await restore({ backup: "20200131-120000" });
    expect(qa.state()).toBe(stateOf(0));
    const names = readBackups(qa.root, "qa").map(({ name }) => name);
    expect([names.length, names[0], names.at(-1)]).toEqual([20, kept, "20200131-120001"]);
  });
});

describe("the stack's file", () => {
  const changed = `${settingsText}  backline:services: {}\n`;

  it("stays, with a word on how to bring it back", async () => {
    backups(1);
    writeFileSync(qa.settings, changed);
    cut();
    expect((await restore()).warnings).toEqual([
      "Pulumi.qa.yaml differs from the backup's and stays as it is; --configuration brings that back too",
    ]);
    expect(readFileSync(qa.settings, "utf8")).toBe(changed);
  });

  it("comes back if that is asked for, and is in the backup of what was replaced", async () => {
    backups(1);
    writeFileSync(qa.settings, changed, { mode: 0o640 });
    const { mode } = statSync(qa.settings);
    const { warnings, kept, changed: isChanged } = await restore({ configuration: true });
    expect([warnings, isChanged]).toEqual([[], true]);
    expect(readFileSync(qa.settings, "utf8")).toBe(settingsText);
    expect(statSync(qa.settings).mode).toBe(mode);
    expect(readFileSync(qa.inBackup(kept ?? "", "Pulumi.qa.yaml"), "utf8")).toBe(changed);
  });

  it("cannot come from the engine's copy", async () => {
    qa.write(`${qa.file}.bak`, stateOf(2));
    await expect(restore({ backup: "engine", configuration: true })).rejects.toMatchObject({
      name: "InputError",
      message:
        'the copy "engine" holds no Pulumi.qa.yaml; restore it without --configuration, or name a backup that holds one',
    });
  });

  it("with another key than the state's is warned of", async () => {
    backups(1);
    writeFileSync(qa.settings, settingsText.replace("v1:salt", "v1:pepper"));
    cut();
    expect((await restore()).warnings[0]).toBe(
      "the secrets in that state were encrypted with another key than those in Pulumi.qa.yaml; if the passphrase was another one then, the engine needs that one",
    );
  });
});

describe("a restore", () => {
  it("of a backup that there is not is bad input", async () => {
    await expect(restore({ backup: "yesterday" })).rejects.toMatchObject({
      name: "InputError",
      message:
        'there is no backup "yesterday" of the stack qa; ./backline state list qa shows those that there are',
    });
  });

  it("of one that cannot be read says why", async () => {
    backups(1);
    truncateSync(qa.inBackup("20200131-120001", "state.json"), 60);
    await expect(restore({ backup: "20200131-120001" })).rejects.toThrow(
      /^the backup 20200131-120001 of the stack qa cannot be restored: its state\.json is cut off after 60 of \d+ bytes$/,
    );
  });

  it("of a backup of another backend's state is refused", async () => {
    backups(1);
    vi.stubEnv("PULUMI_BACKEND_URL", `file://${qa.root}/mine`);
    await expect(restore({ backup: "20200131-120001" })).rejects.toThrow(
      `cannot be restored: it is of the state in ${projectPaths(qa.root).state}`,
    );
  });

  it("is refused while an engine works on the stack, and changes nothing", async () => {
    backups(1);
    cut();
    const before = qa.state();
    const lock = {
      pid: process.pid,
      username: "ada",
      hostname: hostname(),
      timestamp: new Date().toISOString(),
    };
    qa.write(join(projectPaths(qa.root).stackLocks("qa"), "one.json"), JSON.stringify(lock));
    await expect(restore()).rejects.toThrow(`the stack qa is in use: ada@${hostname()} works on it`);
    expect([qa.state(), qa.backups()]).toEqual([before, ["20200131-120001"]]);
  });

  it("asks, and says what it would replace by what", async () => {
    backups(1);
    cut();
    const ask = vi.spyOn(asking, "ask").mockResolvedValue(false);
    vi.spyOn(asking, "requireAnswer").mockReturnValue();
    const run = restoreState({ root: qa.root, stack: "qa", configuration: true, yes: false });
    await expect(run).rejects.toThrow("nothing was changed");
    expect(ask.mock.calls).toEqual([
      [
        "Replace the state of qa (it is cut off after 60 bytes) and Pulumi.qa.yaml by the copy 20200131-120001 (by hand, state of 2020-01-31T12:00:01.000Z, 2 resources)?",
      ],
    ]);
    expect(qa.backups()).toEqual(["20200131-120001"]);
  });

  it("is refused where nobody can be asked", async () => {
    const run = restoreState({ root: qa.root, stack: "qa", configuration: false, yes: false });
    await expect(run).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringContaining("state restore asks before it changes anything"),
    });
  });

  it("tells people what it did and what the next up does", async () => {
    backups(1);
    cut();
    const options = { root: qa.root, stack: "qa", configuration: false, yes: true };
    await showRestored(options, false);
    const [, kept] = /the backup (\S+)\.\n/.exec(qa.said().stdout) ?? [];
    expect(qa.said().stdout).toBe(
      [
        "The state of qa is that of 20200131-120001 (by hand): 2 resources, written 2020-01-31T12:00:01.000Z.",
        `What was replaced is the backup ${kept}.`,
        "What was made since is not in it. The next ./backline up qa looks at what is really there, and makes anew what the state does not know.",
        "",
      ].join("\n"),
    );
    expect(qa.backups()).toContain(kept);
    await showRestored(options, false);
    expect(qa.said().stdout).toMatch(
      /\nThe state of qa is that of 20200131-120001 already; nothing was changed\.\n$/,
    );
  });
});
