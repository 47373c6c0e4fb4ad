import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hostState } from "../../../../components/host/guard";
import { launcher } from "../../../../components/host/launcher";

const end = "# the end";
let state = "";
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "backline-launcher-"));
});
afterEach(() => rmSync(state, { recursive: true }));

/** Runs the launcher as a host would, with a folder of the test in the place of the host's. */
async function launch(input: string) {
  const script = launcher("system", end).replaceAll(hostState, state);
  const { exitCode, stdout, stderr } = await execa("sh", ["-c", script, "launch", "1-2", "198.51.100.7"], {
    input,
    reject: false,
  });
  return { exitCode, stdout, stderr };
}

const failing = (...lines: string[]) =>
  [...lines, "echo 'the step packages failed with exit code 100' >&2", "exit 100", end, ""].join("\n");

describe("the launcher", () => {
  it("shows what a script prints, tells it its name and the operator's address, and leaves only the log", async () => {
    const script = `echo one; echo "$BACKLINE_RUN $BACKLINE_OPERATOR" >&2\n${end}\n`;
    expect(await launch(script)).toEqual({ exitCode: 0, stdout: "one\n1-2 198.51.100.7", stderr: "" });
    expect(readdirSync(state).sort()).toEqual(["lock", "system.log"]);
  });

  it("runs nothing of a script that did not arrive whole", async () => {
    expect(await launch(`touch ${state}/ran\n`)).toEqual({
      exitCode: 4,
      stdout: "",
      stderr: "backline: the script did not arrive whole; nothing was changed",
    });
    expect(existsSync(join(state, "ran"))).toBe(false);
  });

  const what = "backline: the host could not be prepared (system, step packages)";
  it.each([
    [
      "a full disk",
      "tar: x: Cannot write: No space left on device",
      `${what}: the disk of the host is full; make room there, df -h shows where it is used (tar: x: Cannot write: No space left on device); then run this again`,
    ],
    [
      "a lock",
      "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt)",
      `${what}: another program holds the lock of the packages; wait until it has ended, or end it (E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt)); then run this again`,
    ],
    [
      "a mirror",
      "E: Failed to fetch http://mirror/x",
      `${what}: the host does not get packages from its mirror; see /etc/apt/sources.list and whether the host reaches what is named there (E: Failed to fetch http://mirror/x); then run this again`,
    ],
    ["anything else", "no such thing", `${what}: no such thing; run this again`],
  ])("says in one sentence that %s is the reason", async (_what, line, sentence) => {
    const { exitCode, stderr } = await launch(failing("echo before", `echo '${line}'`));
    expect([exitCode, stderr]).toEqual([4, sentence]);
  });

  it("says that what was changed is taken back", async () => {
    const taken = "echo 'what this run has changed is taken back' >&2\nexit 100";
    const { stderr } = await launch(failing("echo wrong").replace("exit 100", taken));
    expect(stderr).toBe(`${what}: wrong; what this run has changed is taken back`);
  });

  it("says that a script was ended, and after what", async () => {
    expect(await launch(`echo one\nkill -9 $$\n${end}\n`)).toMatchObject({
      exitCode: 4,
      stderr:
        "backline: the host could not be prepared (system): it was ended before it was done, after: one; run this again",
    });
  });
});
